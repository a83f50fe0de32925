import type { CustomFetch } from 'openid-client';
import type { Gateway } from '../outbound/gateway';

const TIMEOUT_MS = 8_000;
const MAX_BYTES = 256 * 1_024;

/**
 * `fetch` for the OpenID client, through the outbound gateway: only to origins that are upstreams, no redirects, no
 * more than the client needs to say. Everything it sends that is a secret stands in the form or in `Authorization`.
 * @param clientSecret scrubbed from what comes back
 */
export function oidcFetch(gateway: Gateway, clientSecret: string): CustomFetch {
  return async (address, { method, headers, body, signal }) => {
    const { origin, pathname, search } = new URL(address);
    const [, bearer] = /^Bearer (\S+)$/i.exec(new Headers(headers).get('authorization') ?? '') ?? [];
    const form = body === undefined || body === null ? undefined : formOf(body);
    const answer = await gateway.call(origin, {
      method: method === 'POST' ? 'POST' : 'GET', path: pathname + search, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, signal,
      ...(form !== undefined && { body: form, contentType: 'application/x-www-form-urlencoded' as const }),
      ...(bearer !== undefined && { secret: bearer }),
      sensitive: [clientSecret],
    });
    return new Response(answer.text === '' ? null : answer.text, { status: answer.status, headers: { 'content-type': answer.contentType } });
  };
}

function formOf(body: unknown): string {
  if (typeof body === 'string' || body instanceof URLSearchParams) return body.toString();
  throw new Error('The OpenID client sends forms only');
}
