/** A browser as far as redirects and cookies go: a jar for each origin, and every stop on the way. */
export interface OidcBrowser {
  /** Follows redirects until there are none, or until the stop. @returns the address where it is, and all that were visited */
  visit(address: string, options?: { headers?: Record<string, string>; stopAt?: (address: string) => boolean }): Promise<{ at: string; visited: string[]; status: number }>;
  cookies(origin: string): Map<string, string>;
  /** Runs one GraphQL operation with the cookies of that origin. */
  ask(origin: string, query: string): Promise<any>;
}

const MOST_REDIRECTS = 12;

export function oidcBrowser(): OidcBrowser {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (origin: string): Map<string, string> => {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };
  const cookieHeader = (origin: string): Record<string, string> => {
    const pairs = [...jarOf(origin)].map(([name, value]) => `${name}=${value}`);
    return pairs.length > 0 ? { cookie: pairs.join('; ') } : {};
  };
  const keepCookies = (origin: string, response: Response): void => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value === '' || attributes.some((attribute) => /max-age=0$/i.test(attribute.trim()))) jarOf(origin).delete(name);
      else jarOf(origin).set(name, value);
    }
  };

  return {
    cookies: jarOf,
    async visit(address, { headers = {}, stopAt = () => false } = {}) {
      const visited = [address];
      for (;;) {
        const at = visited.at(-1)!;
        const { origin } = new URL(at);
        if (stopAt(at)) return { at, visited, status: 0 };
        const response = await fetch(at, { redirect: 'manual', headers: { accept: 'text/html', ...cookieHeader(origin), ...headers } });
        keepCookies(origin, response);
        const location = response.headers.get('location');
        if (location === null) return { at, visited, status: response.status };
        if (visited.length > MOST_REDIRECTS) throw new Error(`Redirected in circles: ${visited.join(' ')}`);
        visited.push(new URL(location, at).href);
      }
    },
    async ask(origin, query) {
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST', headers: { 'content-type': 'application/json', ...cookieHeader(origin) }, body: JSON.stringify({ query }),
      });
      keepCookies(origin, response);
      const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
      if (errors) throw new Error(`The API answered ${JSON.stringify(errors)}`);
      return data;
    },
  };
}
