/** Pages that only lead on: returning to one would go in circles. */
const doors = ['/sign-in', '/sign-up', '/setup', '/reset-password'];

/**
 * Where to go after signing in. Only a page of this origin may be returned to: the browser itself reads the address,
 * so that no spelling of a foreign one (`//host`, `/\host`, a tab between) slips through.
 * @returns a path, `/` for anything else
 */
export function safeReturn(to: unknown, origin = window.location.origin): string {
  if (typeof to !== 'string' || !to.startsWith('/')) {
    return '/';
  }
  try {
    const { origin: found, pathname, search, hash } = new URL(to, origin);
    // A path that begins with two slashes would again be read as a host.
    const safe = found === origin && !pathname.startsWith('//') && !doors.includes(pathname);
    return safe ? `${pathname}${search}${hash}` : '/';
  } catch {
    // No address at all.
    return '/';
  }
}

/**
 * Where a provider's sign-in begins. It comes back to `returnTo`, or to the sign-in page when it was refused.
 * @param purpose `link` binds the account there to the one that is signed in here
 */
export const providerStart = (provider: string, returnTo: string, purpose?: 'link'): string =>
  `/auth/${provider}/start?${new URLSearchParams({ returnTo: safeReturn(returnTo), ...(purpose && { link: '1' }) }).toString()}`;
