import { createRequest, type TypedDocumentNode } from '@urql/core';

/** A trusted document: its text and the sha256 (hex) of that text, made at build time because plain http has no WebCrypto. */
export interface Document<Data, Variables> {
  readonly hash: string;
  readonly text: string;
  /** Carries the types only. */
  readonly types?: (variables: Variables) => Data;
}

/** Called by generated code only. */
export const document = <Data, Variables>(hash: string, text: string): Document<Data, Variables> => ({ hash, text });

const nodes = new WeakMap<object, TypedDocumentNode>();

/** The parsed document with its hash on board; the hash survives every exchange. */
export function toNode<Data, Variables>(source: Document<Data, Variables>): TypedDocumentNode<Data, Variables> {
  let node = nodes.get(source);
  if (!node) {
    node = Object.assign(createRequest(source.text, {}).query, { documentHash: source.hash });
    nodes.set(source, node);
  }
  return node as TypedDocumentNode<Data, Variables>;
}

/** @returns the hash `toNode` put on board, or an empty string for a document from elsewhere */
export const hashOf = (node: object): string =>
  'documentHash' in node && typeof node.documentHash === 'string' ? node.documentHash : '';
