import http from 'node:http';
import { json, listenerOf, serve, type Call, type Handler, type Reply } from '../../src/simulated/http-server';

/**
 * What goes wrong with one request.
 * - `status`: answers this instead; - `delay`: answers late; - `drop`: hangs up unheard; - `lose`: does the work, then hangs up;
 * - `hang`: never answers; - `cut`: after so many bytes of body, hangs up or says no more; - `drip`: a few bytes at a time;
 * - `garbage`: bytes that are no protocol; - `gzip`: claims a content encoding
 */
export type Fault =
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  | { kind: 'delay'; ms: number }
  | { kind: 'drop' | 'lose' | 'hang' | 'garbage' | 'gzip' }
  | { kind: 'cut'; bytes: number; then: 'drop' | 'hang' }
  | { kind: 'drip'; bytes: number };

export type RecordedCall = Omit<Call, 'signal' | 'query' | 'headers'> & { query: Record<string, string> };

/** A vendor's twin that tests can put faults into and look behind. */
export interface StandIn {
  url: string;
  secret: string;
  /** Every request that reached it, oldest first. */
  calls: RecordedCall[];
  /** Puts a fault into the `nth` next request to `path` (any path when left out), and into the `times - 1` after it. */
  inject(fault: Fault, where?: { path?: string; nth?: number; times?: number }): void;
  /** Forgets faults and calls. */
  reset(): void;
  close(): Promise<void>;
}

interface Injection {
  fault: Fault;
  path: string | undefined;
  /** Requests to let pass before. */
  skip: number;
  times: number;
}

export async function startStandIn(handler: Handler, secret: string): Promise<StandIn> {
  const calls: RecordedCall[] = [];
  let injections: Injection[] = [];

  function takeFault(path: string): Fault | undefined {
    const injection = injections.find((one) => one.path === undefined || one.path === path);
    if (!injection) return undefined;
    if (injection.skip-- > 0) return undefined;
    if (--injection.times === 0) injections = injections.filter((one) => one !== injection);
    return injection.fault;
  }

  const server = await serve((request, response) => {
    const fault = takeFault(new URL(request.url ?? '/', 'http://loopback').pathname);
    if (fault) damage(response, fault);
    listenerOf(async (call) => {
      const { method, path, token, body } = call;
      calls.push({ method, path, token, body, query: Object.fromEntries(call.query) });
      return fault ? faultyReply(fault, call, handler, response) : handler(call);
    })(request, response);
  });

  return {
    url: server.url,
    secret,
    calls,
    inject: (fault, { path, nth = 1, times = 1 } = {}) => void injections.push({ fault, path, skip: nth - 1, times }),
    reset() {
      injections = [];
      calls.length = 0;
    },
    close: server.close,
  };
}

async function faultyReply(fault: Fault, call: Call, handler: Handler, response: http.ServerResponse): Promise<Reply> {
  switch (fault.kind) {
    case 'status':
      return { ...json(fault.status, fault.body ?? { error: { message: `injected ${fault.status}` } }), headers: fault.headers };
    case 'garbage':
      return { ...await handler(call), body: '\u0000\u0001{{{ not a protocol \ufffd\n\n' };
    case 'gzip':
      return { ...await handler(call), headers: { 'content-encoding': 'gzip' } };
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return handler(call);
    case 'drop':
      response.socket?.destroy();
      return json(200, null);
    case 'hang':
      await new Promise((resolve) => call.signal.addEventListener('abort', resolve, { once: true }));
      return json(200, null);
    default:
      return handler(call);
  }
}

/** Faults that touch the bytes of an answer the vendor itself made. */
function damage(response: http.ServerResponse, fault: Fault): void {
  const send = response.write.bind(response) as (chunk: Buffer) => boolean;
  const finish = response.end.bind(response) as () => http.ServerResponse;
  const intercept = (onChunk: (chunk: Buffer) => void, onEnd: () => void): void => {
    response.write = ((chunk: string | Buffer) => {
      onChunk(Buffer.from(chunk as string));
      return true;
    }) as typeof response.write;
    response.end = ((chunk?: string | Buffer) => {
      if (chunk) onChunk(Buffer.from(chunk as string));
      onEnd();
      return response;
    }) as typeof response.end;
  };
  const hangUp = (): void => void setTimeout(() => response.socket?.destroy(), 10);

  if (fault.kind === 'lose') intercept(() => {}, () => response.socket?.destroy());
  if (fault.kind === 'cut') {
    let left = fault.bytes;
    intercept((chunk) => {
      if (left <= 0) return;
      send(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0 && fault.then === 'drop') hangUp();
    }, () => {
      if (fault.then === 'drop') hangUp();
    });
  }
  if (fault.kind === 'drip') {
    let waiting = Buffer.alloc(0);
    let ended = false;
    const drip = (): void => {
      if (waiting.length > 0) send(waiting.subarray(0, fault.bytes));
      waiting = waiting.subarray(fault.bytes);
      if (waiting.length === 0 && ended) finish();
      else if (!response.destroyed) setImmediate(drip);
    };
    setImmediate(drip);
    intercept((chunk) => { waiting = Buffer.concat([waiting, chunk]); }, () => { ended = true; });
  }
}
