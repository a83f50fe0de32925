import type { FastifyRequest } from 'fastify';
import { RefusedError } from '../../schema/errors/catalogue';
import { credentialOf } from '../auth/credential';
import type { Auth } from '../auth/port';
import { ANONYMOUS, type Principal } from '../auth/principal';
import type { RefusalRecorder } from '../graphql/refusals';
import { factsOf } from './caller';
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
      await refusals.record(factsOf(request, ANONYMOUS), { act: 'authenticate', refusal: error.refusal });
    }
    throw error;
  }
}
