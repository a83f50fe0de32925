import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

export interface Answer<Data> {
  status: number;
  data: Data | null;
  errors: { message: string; extensions: Record<string, unknown>; path?: (string | number)[] }[];
  headers: Headers;
}

/** A caller of the API from outside: keeps its session cookie and the newest consistency token, as a browser does. */
export interface Api {
  call<Data = Record<string, any>>(document: string, variables?: Record<string, unknown>): Promise<Answer<Data>>;
  /** Like `call`, but an error is a failed test. */
  ask<Data = Record<string, any>>(document: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Opens the socket of this caller; dispose it at the end. */
  socket(): Client;
  cookie(): string | undefined;
}

export function apiOf(url: string): Api {
  let cookie: string | undefined;
  let newest = 0n;

  async function call<Data>(document: string, variables: Record<string, unknown> = {}): Promise<Answer<Data>> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(cookie && { cookie }),
        ...(newest > 0n && { 'x-min-position': String(newest) }),
      },
      body: JSON.stringify({ query: document, variables }),
    });
    const set = response.headers.getSetCookie()[0];
    if (set) cookie = set.split(';')[0];
    const body = (await response.json()) as { data?: Data; errors?: Answer<Data>['errors'] };
    newest = newestPosition(body.data, newest);
    return { status: response.status, data: body.data ?? null, errors: body.errors ?? [], headers: response.headers };
  }

  return {
    call,
    ask: async <Data>(document: string, variables?: Record<string, unknown>) => {
      const { data, errors } = await call<Data>(document, variables);
      if (errors.length > 0 || !data) throw new Error(`The API answered ${JSON.stringify(errors)}`);
      return data;
    },
    socket: () =>
      createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: class extends WebSocket {
          constructor(address: string, protocols: string | string[]) {
            super(address, protocols, { headers: { origin: url.replace('127.0.0.1', 'localhost'), ...(cookie && { cookie }) } });
          }
        },
        lazy: true,
        retryAttempts: 0,
      }),
    cookie: () => cookie,
  };
}

/** The largest `position` among the payloads of an answer. */
function newestPosition(data: unknown, newest: bigint): bigint {
  if (typeof data !== 'object' || data === null) return newest;
  return Object.values(data as Record<string, { position?: unknown } | null>).reduce((max, payload) => {
    const position = typeof payload === 'object' && payload && typeof payload.position === 'string' ? BigInt(payload.position) : 0n;
    return position > max ? position : max;
  }, newest);
}

/** A caller with headers of its own and no cookie. */
export async function post(url: string, headers: Record<string, string>, query: string, variables: object = {}): Promise<{ status: number; headers: Headers; data: any; errors: any[] }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query, variables }),
  });
  const { data = null, errors = [] } = (await response.json()) as { data?: unknown; errors?: any[] };
  return { status: response.status, headers: response.headers, data, errors };
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** A subscription somebody follows. */
export interface Followed {
  /** All that has come so far: the first is there. */
  items: any[];
  /** The code with which the socket was closed. */
  closed: Promise<number>;
  stop(): Promise<void>;
}

/** Follows a subscription, and answers once the first item has come. */
export async function follow(api: Api, query: string, variables: Record<string, unknown> = {}): Promise<Followed> {
  const client = api.socket();
  const items: any[] = [];
  const closed = new Promise<number>((resolve) => {
    client.on('closed', (event) => resolve((event as { code: number }).code));
  });
  await new Promise<void>((resolve, reject) => {
    client.subscribe({ query, variables }, {
      next(item) {
        items.push(item);
        resolve();
      },
      error: reject,
      complete: () => undefined,
    });
  });
  return { items, closed, stop: async () => client.dispose() };
}
