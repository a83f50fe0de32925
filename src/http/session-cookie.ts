import { tokenCookie, type TokenCookie } from './token-cookie';

/** The session's cookie. */
export type SessionCookie = TokenCookie;

export function sessionCookie(https: boolean): SessionCookie {
  return tokenCookie({ name: 'keyledger', maxAgeSeconds: 24 * 60 * 60, token: /^[\w-]{1,200}$/, https });
}
