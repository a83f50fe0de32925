import { useState } from 'react';
import type { AnyVariables } from '@urql/core';
import { useClient, useQuery } from 'urql';
import { toNode, type Document } from './document';
import { ofError, type Problem } from './problem';

export interface Answer<Data> {
  /** The newest that arrived. A question that fails later leaves it: somebody may be typing into a form made of it. */
  data: Data | undefined;
  /** Why there is nothing newer. */
  problem: Problem | undefined;
  /** Asks the server once more; resolves when it answered or could not be reached. */
  refresh(): Promise<void>;
}

/** A query for the screens: at once from the cache, then from the server. Another question needs another component (`key`). */
export function useAnswer<Data, Variables extends AnyVariables>(document: Document<Data, Variables>, variables: Variables): Answer<Data> {
  const client = useClient();
  const query = toNode(document);
  const [{ data, error }] = useQuery<Data, AnyVariables>({ query, variables, requestPolicy: 'cache-and-network' });
  const [newest, setNewest] = useState(data);
  if (data && data !== newest) {
    setNewest(data);
  }
  return {
    data: data ?? newest,
    problem: error && ofError(error),
    async refresh() {
      await client.query(query, variables, { requestPolicy: 'network-only' }).toPromise();
    },
  };
}
