import type { IncomingHttpHeaders } from 'node:http';

/** What a caller sent to prove who they are, not yet judged. */
export type Credential =
  | { kind: 'none' }
  /** Of the cookie that browsers send by themselves. One that is not valid counts as none. */
  | { kind: 'cookie'; token: string }
  /** The rest was sent on purpose, so one that is not valid is refused. */
  | { kind: 'session'; token: string }
  | { kind: 'client_key'; key: string }
  | { kind: 'jwt'; token: string }
  | { kind: 'malformed'; reason: 'scheme' | 'shape' | 'encrypted' | 'several' };

export const NO_CREDENTIAL: Credential = { kind: 'none' };

/** Longest token or key that is looked at. */
export const MAX_CREDENTIAL_LENGTH = 8_192;
export const CLIENT_KEY_PREFIX = 'sk-kl-';

/** Headers of an HTTP request or of a WebSocket upgrade. */
export type CredentialHeaders = Pick<IncomingHttpHeaders, 'authorization' | 'cookie'> & { 'x-api-key'?: string | string[] };

/**
 * The one place where a credential is taken out of a request, whatever the transport. `X-API-Key` alone decides when it
 * is there, then `Authorization`, then the cookie; the value decides what it is, so a key means the same in either header.
 * @param cookieOf reads the session's token out of a `Cookie` header
 */
export function credentialOf(headers: CredentialHeaders, cookieOf: (header: string | undefined) => string | undefined): Credential {
  const apiKey = headers['x-api-key'];
  if (apiKey !== undefined) {
    if (Array.isArray(apiKey) || apiKey.includes(',')) return { kind: 'malformed', reason: 'several' };
    return ofValue(apiKey.trim());
  }
  if (headers.authorization !== undefined) {
    const [, value] = /^Bearer +(\S+)$/i.exec(headers.authorization.trim()) ?? [];
    return value === undefined ? { kind: 'malformed', reason: 'scheme' } : ofValue(value);
  }
  const token = cookieOf(headers.cookie);
  return token === undefined ? NO_CREDENTIAL : { kind: 'cookie', token };
}

/**
 * The credential of a WebSocket: programs that cannot set headers of an upgrade send the same ones as parameters of
 * their connection, in any letter case. Both together count as one request, so two that differ are refused.
 */
export function socketCredentialOf(
  headers: CredentialHeaders, params: Readonly<Record<string, unknown>> | undefined,
  cookieOf: (header: string | undefined) => string | undefined,
): Credential {
  const given: { 'x-api-key'?: string; authorization?: string } = {};
  for (const name of ['x-api-key', 'authorization'] as const) {
    const inParams = Object.entries(params ?? {}).filter(([param]) => param.toLowerCase() === name).map(([, value]) => value);
    const values = new Set(headers[name] === undefined ? inParams : [headers[name], ...inParams]);
    if (values.size > 1) return { kind: 'malformed', reason: 'several' };
    const [value] = values;
    if (value !== undefined) given[name] = typeof value === 'string' ? value : '';
  }
  return credentialOf({ ...given, cookie: headers.cookie }, cookieOf);
}

function ofValue(value: string): Credential {
  if (value === '' || value.length > MAX_CREDENTIAL_LENGTH) return { kind: 'malformed', reason: 'shape' };
  if (value.startsWith(CLIENT_KEY_PREFIX)) return { kind: 'client_key', key: value };
  const parts = value.split('.').length;
  if (parts === 3) return { kind: 'jwt', token: value };
  if (parts === 5) return { kind: 'malformed', reason: 'encrypted' };
  return parts === 1 ? { kind: 'session', token: value } : { kind: 'malformed', reason: 'shape' };
}
