import { act, type ReactElement } from 'react';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider, type AnyRouter } from '@tanstack/react-router';
import type { Language } from '../src/i18n/i18n';
import { parseSearch, stringifySearch } from '../src/lib/url-codec';
import { observable } from '../src/lib/observable';
import { LiveProvider } from '../src/live/context';
import type { Live, SocketState } from '../src/live/socket';
import { fakeServer, type Answers, type FakeServer } from './fake-server';
import { renderIn } from './render';

/** A socket whose every feed is refused: lists are then fetched at once. */
const silent: Live = {
  state: observable<SocketState>({ kind: 'idle' }),
  subscribe: (_document, _variables, { refused }) => {
    refused?.('E5031');
    return () => undefined;
  },
  reconnect: () => undefined,
};

interface App extends Pick<FakeServer, 'inputs'> {
  /** What the server was asked, in the order it came. */
  calls: FakeServer['asked'];
  router: AnyRouter;
}

/** Renders a screen, or a part of one, with router, server and live feeds of the test's making. */
export async function renderApp(
  element: ReactElement, { answers = {}, path = '/', language }: { answers?: Answers; path?: string; language?: Language } = {},
): Promise<App> {
  const { around, asked, inputs } = fakeServer(answers);
  const root = createRootRoute({ component: () => element, notFoundComponent: () => element });
  const router = createRouter({
    routeTree: root, history: createMemoryHistory({ initialEntries: [path] }), parseSearch, stringifySearch,
  }) as unknown as AnyRouter;
  await router.load();
  await renderIn(
    around(
      <LiveProvider value={silent}>
        <RouterProvider router={router} />
      </LiveProvider>,
    ),
    language,
  );
  // The first answers arrive.
  await act(async () => new Promise((resolve) => {
    setTimeout(resolve);
  }));
  return { calls: asked, inputs, router };
}
