import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Refusal } from '../../schema/errors/catalogue';

/** The documents of the product's own client, by the SHA-256 (hex) of their text. */
export type TrustedDocuments = ReadonlyMap<string, string>;

const manifest = z.record(z.string(), z.string());

/** @throws Error when a text does not have the hash it stands under: the file was edited by hand */
export function loadTrustedDocuments(file: string): TrustedDocuments {
  const documents = manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  const entries = Object.entries(documents).map(([key, text]) => [key.replace(/^sha256:/, ''), text] as const);
  const wrong = entries.find(([hash, text]) => documentHash(text) !== hash);
  if (wrong) throw new Error(`${file} is damaged: no document has the hash ${wrong[0]}`);
  return new Map(entries);
}

export function documentHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export const unknownDocument: Refusal = {
  code: 'E4001', rule: 'unknown_document', message: 'This server answers only the documents it knows, and this is none of them.',
};
