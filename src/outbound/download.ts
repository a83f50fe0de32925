import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { Agent, Dispatcher } from 'undici';
import { BaseUrlRefused, parseBaseUrl } from './base-url';
import { encodedBody, limited } from './limited';
import { OutboundError } from './outbound-error';

export interface DownloadRequest {
  /** Name of the upstream whose vendor gave the address. */
  vendor: string;
  /** File to write; what is there is overwritten. */
  path: string;
  maxBytes: number;
  /** Milliseconds for all of it, redirects included. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface Download {
  /** As the answer calls it. */
  contentType: string;
  bytes: number;
  /** SHA-256 of the file, hex. */
  digest: string;
}

interface Ways {
  /** The vendor's own upstream. */
  own: { origin: string; agent: Agent };
  /** To public addresses only. */
  anywhere: Agent;
  signal: AbortSignal;
}

const MAX_REDIRECTS = 3;

/** @throws OutboundError; undici's errors */
export async function downloadTo(url: string, { vendor, path, maxBytes }: DownloadRequest, ways: Ways): Promise<Download> {
  const answer = await follow(vendor, url, ways);
  try {
    const digest = createHash('sha256');
    let bytes = 0;
    const file = await open(path, 'w', 0o600).catch(cannotWrite);
    try {
      for await (const chunk of limited(vendor, answer, maxBytes)) {
        digest.update(chunk);
        bytes += chunk.length;
        await file.writeFile(chunk).catch(cannotWrite);
      }
    } finally {
      await file.close();
    }
    return { contentType: String(answer.headers['content-type'] ?? '').toLowerCase(), bytes, digest: digest.digest('hex') };
  } catch (error) {
    answer.body.on('error', () => {}).destroy();
    await rm(path, { force: true });
    throw error;
  }
}

/** A full disk is no fault of the vendor, and must not be taken for a broken connection. */
function cannotWrite(cause: unknown): never {
  throw new Error('A downloaded file could not be written', { cause });
}

async function follow(vendor: string, first: string, ways: Ways): Promise<Dispatcher.ResponseData> {
  let url = parseUrl(vendor, first);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await wayTo(vendor, url, ways).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: { 'accept-encoding': 'identity', 'user-agent': 'keyledger' },
      signal: ways.signal,
    });
    const { statusCode, headers } = answer;
    if (statusCode === 200) {
      const encoded = encodedBody(vendor, answer);
      if (!encoded) return answer;
      answer.body.on('error', () => {}).destroy();
      throw encoded;
    }
    answer.body.on('error', () => {}).destroy();
    if (statusCode < 300 || statusCode >= 400 || typeof headers.location !== 'string') throw notGiven(vendor, statusCode);
    url = parseUrl(vendor, headers.location, url);
  }
  throw new OutboundError(vendor, 'redirect', false, `its file is more than ${MAX_REDIRECTS} redirects away`);
}

function parseUrl(vendor: string, text: string, base?: URL): URL {
  if (!URL.canParse(text, base)) throw forbidden(vendor);
  return new URL(text, base);
}

/** Which connections may be used. What the parser made of an address is judged and called, so its spelling does not matter. */
function wayTo(vendor: string, url: URL, { own, anywhere }: Ways): Agent {
  if (url.username || url.password) throw forbidden(vendor);
  if (url.origin === own.origin) return own.agent;
  try {
    parseBaseUrl(url.origin, { allowPrivate: false });
  } catch (error) {
    throw error instanceof BaseUrlRefused ? forbidden(vendor) : error;
  }
  return anywhere;
}

const forbidden = (vendor: string): OutboundError => new OutboundError(vendor, 'forbidden_address', true, 'the address of its file is not allowed');

function notGiven(vendor: string, status: number): OutboundError {
  const failure = status === 429 || status >= 500 ? 'unavailable' : 'refused';
  return new OutboundError(vendor, failure, false, `its file was asked for and the answer was status ${status}`);
}
