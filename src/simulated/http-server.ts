import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request to a simulated vendor. */
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<http.IncomingHttpHeaders>;
  /** The bearer token, '' for none. */
  token: string;
  /** The parsed JSON body, undefined when there is none or it is no JSON. */
  body: unknown;
  /** Aborts when the caller hangs up. */
  signal: AbortSignal;
}

export interface Reply {
  status: number;
  contentType: string;
  headers?: Readonly<Record<string, string>>;
  /** All of it, or pieces of text as they come. */
  body: string | Buffer | AsyncIterable<string>;
}

export type Handler = (call: Call) => Reply | Promise<Reply>;

export interface RunningServer {
  /** Base URL on loopback, without a slash at its end. */
  url: string;
  close(): Promise<void>;
}

/** A picture to start from comes as base64 text. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

export const json = (status: number, value: unknown): Reply => ({ status, contentType: 'application/json', body: JSON.stringify(value) });

/** The listener of a handler; a handler that throws answers 500. */
export function listenerOf(handler: Handler): (request: http.IncomingMessage, response: http.ServerResponse) => void {
  return (request, response) => {
    const hungUp = new AbortController();
    response.on('close', () => hungUp.abort());
    answer(handler, request, response, hungUp.signal).catch(() => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"Internal server error","type":"internal_error","param":null,"code":"500"}}');
    });
  };
}

async function answer(handler: Handler, request: http.IncomingMessage, response: http.ServerResponse, signal: AbortSignal): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://loopback');
  const text = await readBody(request);
  const reply = await handler({
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    token: /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '',
    body: parseJson(text),
    signal,
  });
  response.writeHead(reply.status, { 'content-type': reply.contentType, ...reply.headers });
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) {
    response.end(reply.body);
    return;
  }
  for await (const piece of reply.body) {
    if (signal.aborted) return;
    response.write(piece);
  }
  response.end();
}

async function readBody(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('The request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Serves on an ephemeral port of loopback. */
export async function serve(listener: http.RequestListener): Promise<RunningServer> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
