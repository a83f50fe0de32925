import type { FastifyReply } from 'fastify';

const MAX_AGE_SECONDS = 24 * 60 * 60;
/** Tokens are base64url, so neither writing nor reading needs any escaping. */
const TOKEN = /^[\w-]{1,200}$/;

/** The session's cookie. The `__Host-` name binds it to this host and to https; browsers refuse it on plain http. */
export interface SessionCookie {
  /** The token in a `Cookie` header, if there is exactly one. */
  read(header: string | undefined): string | undefined;
  /** Sets the cookie, or with undefined ends it. */
  write(reply: FastifyReply, token: string | undefined): void;
}

export function sessionCookie(https: boolean): SessionCookie {
  const name = https ? '__Host-keyledger' : 'keyledger';
  const attributes = `Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`;
  return {
    read(header) {
      const pairs = (header ?? '').split(';').map((pair) => pair.trim());
      const [value, another] = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
      // Two of the name mean that someone planted one: neither is believed.
      return value !== undefined && another === undefined && TOKEN.test(value) ? value : undefined;
    },
    write(reply, token) {
      if (token !== undefined && !TOKEN.test(token)) throw new Error('A session token is base64url');
      reply.header('set-cookie', `${name}=${token ?? ''}; Max-Age=${token === undefined ? 0 : MAX_AGE_SECONDS}; ${attributes}`);
    },
  };
}
