import { act, type ReactElement } from 'react';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider, type AnyRouter } from '@tanstack/react-router';
import { createClient, type Exchange, type Operation, type OperationResult } from '@urql/core';
import { Provider } from 'urql';
import { fromPromise, mergeMap, pipe } from 'wonka';
import type { Language } from '../src/i18n/i18n';
import { parseSearch, stringifySearch } from '../src/lib/url-codec';
import { observable } from '../src/lib/observable';
import { LiveProvider } from '../src/live/context';
import type { Live, SocketState } from '../src/live/socket';
import { renderIn } from './render';

/** What the server answers to an operation, by its name; a problem is a code. */
export type Answers = Record<string, (variables: Record<string, never>) => unknown>;

export interface Call {
  name: string;
  variables: Record<string, unknown>;
}

const nameOf = ({ query }: Operation): string => query.definitions
  .map((definition) => ('name' in definition ? definition.name?.value : undefined)).find((name) => name !== undefined) ?? '';

/** A server that answers as told and remembers what it was asked. */
function fakeClient(answers: Answers, calls: Call[]) {
  const server: Exchange = () => (operations$) => pipe(
    operations$,
    mergeMap((operation: Operation) => {
      const name = nameOf(operation);
      if (operation.kind !== 'teardown') {
        calls.push({ name, variables: operation.variables as Record<string, unknown> });
      }
      const data = answers[name]?.(operation.variables as never);
      const error = data === undefined ? { networkError: new Error(`No answer to ${name}`), graphQLErrors: [] } : undefined;
      return fromPromise(Promise.resolve({ operation, data, error, stale: false, hasNext: false } as unknown as OperationResult));
    }),
  );
  return createClient({ url: '/graphql', exchanges: [server], preferGetMethod: false });
}

/** A socket whose every feed is refused: lists are then fetched at once. */
const silent: Live = {
  state: observable<SocketState>({ kind: 'idle' }),
  subscribe: (_document, _variables, { refused }) => {
    refused?.('E5031');
    return () => undefined;
  },
  reconnect: () => undefined,
};

interface App {
  calls: readonly Call[];
  router: AnyRouter;
}

/** Renders a screen, or a part of one, with router, server and live feeds of the test's making. */
export async function renderApp(
  element: ReactElement, { answers = {}, path = '/', language }: { answers?: Answers; path?: string; language?: Language } = {},
): Promise<App> {
  const calls: Call[] = [];
  const root = createRootRoute({ component: () => element, notFoundComponent: () => element });
  const router = createRouter({
    routeTree: root, history: createMemoryHistory({ initialEntries: [path] }), parseSearch, stringifySearch,
  }) as unknown as AnyRouter;
  await router.load();
  await renderIn(
    <Provider value={fakeClient(answers, calls)}>
      <LiveProvider value={silent}>
        <RouterProvider router={router} />
      </LiveProvider>
    </Provider>,
    language,
  );
  // The first answers arrive.
  await act(async () => new Promise((resolve) => {
    setTimeout(resolve);
  }));
  return { calls, router };
}
