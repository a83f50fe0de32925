import { tokenCookie, type TokenCookie } from './token-cookie';

/** Binds a sign-in under way at a provider to the browser that began it, so that nobody can have it finished by another one. */
export function oidcCookie(https: boolean): TokenCookie {
  return tokenCookie({ name: 'keyledger-flow', maxAgeSeconds: 10 * 60, token: /^[\w-]{43}$/, https });
}
