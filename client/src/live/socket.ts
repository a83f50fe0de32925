import { createClient, type Client } from 'graphql-ws';
import type { Document } from '../graphql/document';
import { observable, type Observable } from '../lib/observable';

/** What the header's pill shows. */
export type SocketState =
  | { kind: 'idle' }
  | { kind: 'connecting' }
  | { kind: 'live' }
  | { kind: 'reconnecting'; at: number }
  | { kind: 'offline'; since: number };

export interface Handlers<Data> {
  next(data: Data): void;
  /** The cursor of an item; the subscription resumes behind the last one. */
  cursor?(data: Data): string | undefined;
  /** The server cannot resume: the feed starts anew and what was shown has to be fetched again. */
  resync?(): void;
  /** The server ended the feed, which only finite feeds (an answer) do. */
  complete?(): void;
  /** The feed was refused; it is tried again later. */
  refused?(code: string): void;
}

export interface Live {
  state: Observable<SocketState>;
  subscribe<Data, Variables extends Record<string, unknown>>(
    document: Document<Data, Variables>, variables: Variables, handlers: Handlers<Data>): () => void;
  /** Reconnects, for example with another session's cookie. */
  reconnect(): void;
}

export interface LiveOptions {
  url: string;
  /** Called when the server does not know the session any more; resolves once someone signed in again. */
  signInAgain(): Promise<void>;
  /** Called when the server ended the socket because the session is gone, or its rights are no longer what they were. */
  onSessionChanged(): void;
  webSocketImpl?: unknown;
}

/** The server ends sockets whose session is gone or changed; only a second refusal in a row means it is gone. */
const sessionCloseCode = 4403;
const hiddenLimit = 5 * 60_000;
const pingEvery = 10_000;
const pongWithin = 5_000;
/** After so many attempts in vain it is no hiccup any more. */
const offlineAfter = 4;

/** Milliseconds before the n-th reconnect: 0.5 s doubling to 30 s, with jitter so that clients do not come back together. */
const backoff = (attempt: number): number => Math.min(30_000, 500 * 2 ** attempt) * (0.75 + Math.random() / 2);

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => {
  setTimeout(resolve, milliseconds);
});

const codeOf = (errors: unknown): string | undefined => {
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const extensions = first && typeof first === 'object' && 'extensions' in first ? first.extensions : undefined;
  const code = extensions && typeof extensions === 'object' && 'code' in extensions ? extensions.code : undefined;
  return typeof code === 'string' ? code : undefined;
};

const closeCodeOf = (reason: unknown): unknown =>
  (typeof reason === 'object' && reason !== null && 'code' in reason ? reason.code : undefined);

/** One socket for all subscriptions, opened with the first and closed with the last. */
export function connectLive({ url, signInAgain, onSessionChanged, webSocketImpl }: LiveOptions): Live {
  const state = observable<SocketState>({ kind: 'idle' });
  const active = new Set<{ start(): void; stop(): void }>();
  let lastMessageAt = Date.now();
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  let paused = false;
  let sessionRefusals = 0;

  const isUnauthorized = (reason: unknown): boolean =>
    codeOf(reason) === 'E4011' || (closeCodeOf(reason) === sessionCloseCode && sessionRefusals > 1);

  const client: Client = createClient({
    url,
    webSocketImpl,
    lazy: true,
    lazyCloseTimeout: 3_000,
    keepAlive: pingEvery,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (reason) => !isUnauthorized(reason),
    async retryWait(attempt) {
      const delay = backoff(attempt);
      const offline = attempt >= offlineAfter || !navigator.onLine;
      state.set(offline ? { kind: 'offline', since: lastMessageAt } : { kind: 'reconnecting', at: Date.now() + delay });
      await Promise.race([wait(delay), new Promise((resolve) => {
        window.addEventListener('online', resolve, { once: true });
      })]);
    },
    on: {
      connecting: (isRetry) => !isRetry && state.set({ kind: 'connecting' }),
      connected: () => {
        sessionRefusals = 0;
        state.set({ kind: 'live' });
      },
      message: () => {
        lastMessageAt = Date.now();
      },
      ping: (received) => {
        if (!received) {
          pongTimer = setTimeout(() => client.terminate(), pongWithin);
        }
      },
      pong: () => clearTimeout(pongTimer),
      closed: (event) => {
        if (closeCodeOf(event) === sessionCloseCode) {
          sessionRefusals += 1;
          onSessionChanged();
        }
        clearTimeout(pongTimer);
        if (active.size === 0 || paused) {
          state.set({ kind: 'idle' });
        }
      },
    },
  });

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      hiddenTimer = setTimeout(() => {
        paused = true;
        active.forEach((entry) => entry.stop());
      }, hiddenLimit);
      return;
    }
    clearTimeout(hiddenTimer);
    if (paused) {
      paused = false;
      active.forEach((entry) => entry.start());
    }
  });
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined;

  return {
    state,
    reconnect: () => client.terminate(),
    subscribe(document, variables, handlers) {
      type Data = Parameters<typeof handlers.next>[0];
      let unsubscribe: (() => void) | undefined;
      let failures = 0;
      // graphql-ws sends this very object again after a reconnect, so it resumes behind the newest cursor.
      const resumable: Record<string, unknown> = { ...variables };
      const payload = {
        query: document.text,
        variables: resumable,
        extensions: { persistedQuery: { version: 1, sha256Hash: document.hash } },
      };

      const entry = {
        start() {
          unsubscribe = client.subscribe<Data>(payload, {
            next(result) {
              if (result.errors || !result.data) {
                handlers.refused?.(codeOf(result.errors) ?? 'E5001');
                return;
              }
              failures = 0;
              const cursor = handlers.cursor?.(result.data);
              if (cursor !== undefined) {
                resumable.after = cursor;
              }
              handlers.next(result.data);
            },
            error: (reason) => void retry(reason),
            complete() {
              if (unsubscribe && active.has(entry) && !paused) {
                handlers.complete?.();
              }
            },
          });
        },
        stop() {
          unsubscribe?.();
          unsubscribe = undefined;
        },
      };

      async function retry(reason: unknown): Promise<void> {
        unsubscribe = undefined;
        if (isUnauthorized(reason)) {
          await signInAgain();
        } else if (codeOf(reason) === 'E4004' && resumable.after !== undefined) {
          delete resumable.after;
          handlers.resync?.();
        } else {
          handlers.refused?.(codeOf(reason) ?? 'E5031');
          await wait(backoff(failures));
          failures += 1;
        }
        if (active.has(entry) && !paused && !unsubscribe) {
          entry.start();
        }
      }

      active.add(entry);
      if (!paused) {
        entry.start();
      }
      return () => {
        active.delete(entry);
        entry.stop();
      };
    },
  };
}
