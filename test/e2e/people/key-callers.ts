import WebSocket from 'ws';

/** One way of handing a key to the server. */
export interface Carrier {
  name: string;
  headers?: Record<string, string>;
  params?: Record<string, unknown>;
}

/** Every header, scheme and letter case that a key may come in, over HTTP. */
export const headersWith = (key: string): Carrier[] => [
  ...['X-API-Key', 'x-api-key', 'X-API-KEY', 'x-Api-kEy'].map((name) => ({ name, headers: { [name]: key } })),
  ...['Bearer', 'bearer', 'BEARER', 'bEARer'].map((scheme) => ({ name: `Authorization: ${scheme}`, headers: { Authorization: `${scheme} ${key}` } })),
];

/** The same over WebSocket, also as parameters of the connection. */
export const socketsWith = (key: string): Carrier[] => [
  ...headersWith(key),
  ...['X-API-Key', 'x-api-key', 'X-API-KEY'].map((name) => ({ name: `connectionParams ${name}`, params: { [name]: key } })),
  ...['Authorization', 'authorization'].flatMap((name) => ['Bearer', 'BEARER'].map((scheme) => (
    { name: `connectionParams ${name}: ${scheme}`, params: { [name]: `${scheme} ${key}` } }))),
];

/** `open`, `stranger` when the credential is no good, or the rule of the refusal. */
export type Decision = string;

export async function decisionOverHttp(url: string, { headers }: Carrier, query: string): Promise<Decision> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }),
  });
  const { errors = [] } = (await response.json()) as { errors?: { extensions: { code: string; rule: string } }[] };
  if (response.status === 401) return 'stranger';
  return errors[0] ? errors[0].extensions.rule : 'open';
}

export interface KeySocket {
  decision: Decision;
  /** Answers the close code. */
  closed: Promise<number>;
  close(): void;
}

/** Connects and subscribes; stays open afterwards when it is let in. */
export async function openSocket(url: string, { headers, params }: Carrier, query: string): Promise<KeySocket> {
  const origin = url.replace('127.0.0.1', 'localhost');
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers: { ...(!headers && { origin }), ...headers } });
  const send = (message: object): void => socket.send(JSON.stringify(message));
  const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
  const decision = await new Promise<Decision>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => send({ type: 'connection_init', ...(params && { payload: params }) }));
    void closed.then((code) => resolve(code === 4403 ? 'stranger' : `closed ${code}`));
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { type: string; payload?: any };
      if (message.type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query } });
      if (message.type === 'error') resolve(message.payload[0].extensions.rule);
      if (message.type === 'next') resolve(message.payload.errors ? message.payload.errors[0].extensions.rule : 'open');
    });
  });
  return { decision, closed, close: () => socket.close() };
}

export async function decisionOverSocket(url: string, carrier: Carrier, query: string): Promise<Decision> {
  const socket = await openSocket(url, carrier, query);
  socket.close();
  await socket.closed;
  return socket.decision;
}
