import { Agent, type Dispatcher } from 'undici';
import { parseBaseUrl } from './base-url';
import { createConnector, systemLookup, type Lookup } from './connect';
import { createDeadline, type Deadline } from './deadline';
import { downloadTo, type Download, type DownloadRequest } from './download';
import { encodedBody, limited } from './limited';
import { OutboundError } from './outbound-error';
import { createScrubber, type Scrubber } from './scrubber';

/** Whom we may call. The secret goes to this base URL and nowhere else. */
export interface Upstream {
  name: string;
  baseUrl: string;
  secret?: string;
  /** How a secret is sent: as bearer token unless it says otherwise. */
  authorization?: 'bearer' | 'x-api-key';
  /** The operator configured this address: http, other ports and private addresses are fine. */
  allowPrivate?: boolean;
}

export interface OutboundRequest {
  method: 'GET' | 'POST';
  /** Below the base URL, beginning with one slash; a query may follow. */
  path: string;
  /** JSON text, unless `contentType` says otherwise. */
  body?: string;
  contentType?: 'application/x-www-form-urlencoded';
  /** In place of the upstream's own, for leased provider keys. */
  secret?: string;
  /** Further secrets in the body that must not come back. */
  sensitive?: readonly string[];
  signal?: AbortSignal;
  /** Milliseconds for the whole exchange. */
  timeoutMs: number;
  /** Most bytes of body that are read. */
  maxBytes: number;
}

interface AnswerHead {
  status: number;
  contentType: string;
  /** From Retry-After, in milliseconds. */
  retryAfterMs: number | undefined;
}

export interface Answer extends AnswerHead {
  text: string;
}

export interface StreamedAnswer extends AnswerHead {
  /** The body as it comes. Breaking off the iteration ends the exchange. @throws OutboundError */
  chunks: AsyncIterable<Buffer>;
  /** For text that is put together from several places of the body. */
  scrubber: Scrubber;
}

/** The one way out: only configured upstreams, judged addresses, no redirects, limits on time and size, secrets scrubbed from answers. */
export interface Gateway {
  /** Any status is an answer. @throws OutboundError when there is none */
  call(upstream: string, request: OutboundRequest): Promise<Answer>;
  /** As `call`, but the body is read piece by piece, each within `idleTimeoutMs`; `timeoutMs` still bounds the whole. */
  stream(upstream: string, request: OutboundRequest & { idleTimeoutMs: number }): Promise<StreamedAnswer>;
  /**
   * Fetches what a vendor has made into a file. The address is the vendor's word: only https to public addresses is followed,
   * and the origin of the vendor's own upstream; up to three redirects, each judged like the first. No secret goes along.
   * @throws OutboundError when there is no whole file; nothing is left of it then
   */
  download(url: string, request: DownloadRequest): Promise<Download>;
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 64;

/** @throws BaseUrlRefused when an upstream's base URL is not one we may call */
export function createGateway({ upstreams, lookup = systemLookup }: { upstreams: readonly Upstream[]; lookup?: Lookup }): Gateway {
  const agentTo = (name: string, allowPrivate: boolean): Agent => new Agent({
    connect: createConnector(name, { allowPrivate, lookup }),
    connections: MAX_CONNECTIONS,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const routes = new Map(upstreams.map(({ name, baseUrl, secret, authorization, allowPrivate = false }) => {
    const base = parseBaseUrl(baseUrl, { allowPrivate });
    return [name, { ...base, secret, authorization, agent: agentTo(name, allowPrivate) }];
  }));
  const anywhere = agentTo('download', false);

  async function open(upstream: string, request: OutboundRequest, deadline: Deadline): Promise<Dispatcher.ResponseData> {
    const route = routes.get(upstream);
    if (!route) throw new Error(`There is no upstream named ${upstream}`);
    if (!isPlainPath(request.path)) throw new Error('An outbound path must be plain');
    const secret = request.secret ?? route.secret;
    const answer = await route.agent.request({
      origin: route.origin,
      path: route.path + request.path,
      method: request.method,
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'keyledger',
        ...(secret !== undefined && (route.authorization === 'x-api-key' ? { 'x-api-key': secret } : { authorization: `Bearer ${secret}` })),
        ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
      },
      body: request.body,
      signal: deadline.signal,
    });
    const refusal = refusalOf(upstream, answer);
    if (!refusal) return answer;
    answer.body.on('error', () => {}).destroy();
    throw refusal;
  }

  const scrubberOf = (upstream: string, request: OutboundRequest): Scrubber =>
    createScrubber([routes.get(upstream)?.secret, request.secret, ...(request.sensitive ?? [])].filter((secret) => secret !== undefined));

  return {
    async call(upstream, request) {
      const deadline = createDeadline(upstream, request);
      try {
        const answer = await open(upstream, request, deadline);
        const scrubber = scrubberOf(upstream, request);
        const chunks: Buffer[] = [];
        for await (const chunk of limited(upstream, answer, request.maxBytes)) chunks.push(chunk);
        return { ...headOf(answer), text: scrubber.scrub(Buffer.concat(chunks)).toString('utf8') };
      } catch (error) {
        throw asOutboundError(upstream, error, deadline);
      } finally {
        deadline.clear();
      }
    },

    async stream(upstream, request) {
      const deadline = createDeadline(upstream, request);
      try {
        deadline.expectPiece();
        const answer = await open(upstream, request, deadline);
        // The reader learns of a failure by iterating; without a reader there is nobody to tell.
        answer.body.on('error', () => {});
        const scrubber = scrubberOf(upstream, request);
        return { ...headOf(answer), chunks: pieces(upstream, answer, request.maxBytes, scrubber, deadline), scrubber };
      } catch (error) {
        deadline.clear();
        throw asOutboundError(upstream, error, deadline);
      }
    },

    async download(url, request) {
      const { vendor } = request;
      const own = routes.get(vendor);
      if (!own) throw new Error(`There is no upstream named ${vendor}`);
      const deadline = createDeadline(vendor, request);
      try {
        return await downloadTo(url, request, { own, anywhere, signal: deadline.signal });
      } catch (error) {
        throw asOutboundError(vendor, error, deadline);
      } finally {
        deadline.clear();
      }
    },

    async close() {
      await Promise.all([anywhere, ...[...routes.values()].map(({ agent }) => agent)].map((agent) => agent.destroy()));
    },
  };
}

/** One slash, visible ASCII, no dot segments: what is asked for is what the upstream sees. */
function isPlainPath(path: string): boolean {
  return /^\/(?!\/)[\x21-\x7e]*$/.test(path) && !/\/\.\.?(\/|\?|$)|[\\#]/.test(path);
}

function refusalOf(upstream: string, answer: Dispatcher.ResponseData): OutboundError | undefined {
  const { statusCode } = answer;
  if (statusCode >= 300 && statusCode < 400) {
    return new OutboundError(upstream, 'redirect', false, 'it answered with a redirect, which is never followed');
  }
  return encodedBody(upstream, answer);
}

async function* pieces(
  upstream: string, answer: Dispatcher.ResponseData, maxBytes: number, scrubber: Scrubber, deadline: Deadline,
): AsyncGenerator<Buffer> {
  const clean = scrubber.stream();
  try {
    for await (const chunk of limited(upstream, answer, maxBytes)) {
      deadline.pieceCame();
      const ready = clean.push(chunk);
      if (ready.length > 0) yield ready;
      deadline.expectPiece();
    }
    yield clean.end();
  } catch (error) {
    throw asOutboundError(upstream, error, deadline);
  } finally {
    deadline.clear();
  }
}

function headOf({ statusCode, headers }: Dispatcher.ResponseData): AnswerHead {
  const contentType = String(headers['content-type'] ?? '').toLowerCase();
  return { status: statusCode, contentType, retryAfterMs: retryAfter(headers['retry-after']) };
}

/** Retry-After is seconds or a date (RFC 9110, 10.2.3); anything else is ignored. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function asOutboundError(upstream: string, error: unknown, deadline: Deadline): unknown {
  if (deadline.failure) return deadline.failure;
  if (error instanceof OutboundError) return error;
  const { code, name } = error as NodeJS.ErrnoException;
  const isTransport = typeof code === 'string' && (code.startsWith('UND_ERR_') || code.startsWith('HPE_') || /^E[A-Z]+$/.test(code));
  if (!isTransport && name !== 'AbortError') return error;
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return new OutboundError(upstream, 'too_large', false, 'its headers are too long');
  return new OutboundError(upstream, 'dropped', false, `the connection broke before the answer was complete (${code ?? name})`);
}
