import type { FastifyRequest } from 'fastify';
import { RefusedError } from '../../schema/errors/catalogue';
import { credentialOf } from '../auth/credential';
import type { Auth } from '../auth/port';
import { ANONYMOUS, type Principal } from '../auth/principal';
import type { RefusalRecorder } from '../graphql/refusals';
import type { Origins } from './origins';
import type { SessionCookie } from './session-cookie';

export interface RequestAuthentication {
  authenticate: Auth['authenticate'];
  cookie: SessionCookie;
  refusals: RefusalRecorder;
}

/**
 * Who sent the request. A credential that is no good is no anonymous caller: the whole request is refused, and that is
 * an act of its own in the audit log.
 * @throws RefusedError E4011
 */
export async function authenticateRequest(
  { authenticate, cookie, refusals }: RequestAuthentication, request: FastifyRequest,
): Promise<Principal> {
  try {
    return await authenticate(credentialOf(request.headers, cookie.read));
  } catch (error) {
    if (error instanceof RefusedError) {
      const caller = { principal: ANONYMOUS, address: request.ip, correlationId: request.correlationId, requestId: request.id };
      await refusals.record(caller, { act: 'authenticate', refusal: error.refusal });
    }
    throw error;
  }
}

/** @throws RefusedError E4031 for a request that a page of another site has its visitor send */
export function requireAllowedOrigin(origins: Origins, { headers }: Pick<FastifyRequest, 'headers'>): void {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origins.allowsRequest(origin, Array.isArray(site) ? site[0] : site)) return;
  throw new RefusedError({ code: 'E4031', rule: 'origin', message: 'Requests from this origin are not allowed.' });
}
