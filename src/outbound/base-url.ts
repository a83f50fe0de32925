import net from 'node:net';
import { classifyAddress } from './address';

export interface BaseUrl {
  /** Scheme, host and port, as undici takes it. */
  origin: string;
  secure: boolean;
  /** Path without a slash at its end; empty for none. */
  path: string;
}

/** A base URL that we will not call. The message says why and can be shown to who configured it. */
export class BaseUrlRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'BaseUrlRefused';
  }
}

const LOCAL_NAME = /^(localhost|.*\.(localhost|local|internal|intranet|lan|home|corp|arpa))$/;

/**
 * Judges a base URL when it is configured; the addresses behind a name are judged again at every connect.
 * Without `allowPrivate`: https on port 443 to a public address or a name that is not local by its looks.
 * With it (the operator's own configuration): http or https, any port, private addresses too.
 * Hosts must be in their normal spelling, so that nobody can read one address where a parser reads another.
 * @throws BaseUrlRefused
 */
export function parseBaseUrl(text: string, { allowPrivate }: { allowPrivate: boolean }): BaseUrl {
  if (/[\s\\\p{Cc}\p{Cf}]/u.test(text)) throw new BaseUrlRefused('It contains white space, a backslash or an invisible character.');
  if (!URL.canParse(text)) throw new BaseUrlRefused('It is not a URL.');
  const url = new URL(text);
  const secure = url.protocol === 'https:';
  if (!secure && !(allowPrivate && url.protocol === 'http:')) throw new BaseUrlRefused('It must start with https://.');
  if (url.username || url.password || text.includes('@')) throw new BaseUrlRefused('It must not contain a user name or password.');
  if (/[?#]/.test(text)) throw new BaseUrlRefused('It must not contain a query or a fragment.');
  const normal = `${url.protocol}//${url.hostname}`;
  if (!text.toLowerCase().startsWith(normal)) throw new BaseUrlRefused('Its host is not in the normal spelling.');
  if (!allowPrivate && url.port !== '') throw new BaseUrlRefused('Its port must be 443.');
  if (/%|\/\/|\/\.\.?(\/|$)/.test(text.slice(url.protocol.length + 2))) throw new BaseUrlRefused('Its path must be plain.');
  judgeHost(url.hostname, allowPrivate);
  return { origin: url.origin, secure, path: url.pathname.replace(/\/$/, '') };
}

function judgeHost(hostname: string, allowPrivate: boolean): void {
  if (hostname.endsWith('.')) throw new BaseUrlRefused('Its host must not end with a dot.');
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (net.isIP(literal) === 0) {
    if (!allowPrivate && (LOCAL_NAME.test(hostname) || !hostname.includes('.'))) throw new BaseUrlRefused('Its host is a local name.');
    return;
  }
  const judged = classifyAddress(literal);
  if (judged === 'forbidden' || (judged === 'private' && !allowPrivate)) throw new BaseUrlRefused('Its address is not a public one.');
}
