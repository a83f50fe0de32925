import type { Document } from './document';
import { sawPosition } from './position';
import { ofExtensions, type Problem } from './problem';

export type Answer<Data> = { data: Data; problem?: undefined } | { data?: undefined; problem: Problem };

/**
 * One request past the client, for signing in and out: it must not wait for the session it is about to open, nor leave
 * anything in the cache.
 */
export async function post<Data, Variables>(
  document: Document<Data, Variables>, variables: Variables, headers: Record<string, string> = {},
): Promise<Answer<Data>> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'apollo-require-preflight': 'true', ...headers },
      body: JSON.stringify({
        query: document.text,
        variables,
        extensions: { persistedQuery: { version: 1, sha256Hash: document.hash } },
      }),
    });
    const { data, errors } = await response.json() as { data?: Data | null; errors?: { extensions?: Record<string, unknown> }[] };
    if (data && !errors) {
      for (const payload of Object.values(data)) {
        sawPosition((payload as { position?: string | null } | null)?.position);
      }
      return { data };
    }
    return { problem: ofExtensions(errors?.[0]?.extensions ?? {}) };
  } catch {
    // Neither an answer nor JSON: the server, or the way to it, is down.
    return { problem: { code: 'OFFLINE' } };
  }
}
