import type { FastifyReply } from 'fastify';

/** A cookie that holds one token, for this host and out of reach of scripts. */
export interface TokenCookie {
  /** The token in a `Cookie` header, if there is exactly one. */
  read(header: string | undefined): string | undefined;
  /** Sets the cookie, or with undefined ends it. */
  write(reply: FastifyReply, token: string | undefined): void;
}

export interface TokenCookieOptions {
  name: string;
  maxAgeSeconds: number;
  /** What a token looks like: base64url, so that neither writing nor reading needs any escaping. */
  token: RegExp;
  https: boolean;
}

/**
 * A cookie for navigations from elsewhere too (`SameSite=Lax`), as the way back from another provider is one. Where the
 * server is on https, its name begins with `__Host-`: browsers then keep it to this host and to https.
 */
export function tokenCookie({ name: plainName, maxAgeSeconds, token: shape, https }: TokenCookieOptions): TokenCookie {
  const name = https ? `__Host-${plainName}` : plainName;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`;
  return {
    read(header) {
      const pairs = (header ?? '').split(';').map((pair) => pair.trim());
      const [value, another] = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
      // Two of the name mean that someone planted one: neither is believed.
      return value !== undefined && another === undefined && shape.test(value) ? value : undefined;
    },
    write(reply, token) {
      if (token !== undefined && !shape.test(token)) throw new Error('A token in a cookie is base64url');
      reply.header('set-cookie', `${name}=${token ?? ''}; Max-Age=${token === undefined ? 0 : maxAgeSeconds}; ${attributes}`);
    },
  };
}
