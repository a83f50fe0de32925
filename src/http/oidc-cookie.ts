import type { FastifyReply } from 'fastify';

const MAX_AGE_SECONDS = 10 * 60;
const TOKEN = /^[\w-]{43}$/;

/** Binds a sign-in under way at a provider to the browser that began it, so that nobody can have it finished by another one. */
export interface OidcCookie {
  read(header: string | undefined): string | undefined;
  /** Sets the cookie, or with undefined ends it. */
  write(reply: FastifyReply, token: string | undefined): void;
}

export function oidcCookie(https: boolean): OidcCookie {
  const name = https ? '__Host-keyledger-flow' : 'keyledger-flow';
  // Lax: the way back from the provider is a navigation from another site.
  const attributes = `Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`;
  return {
    read(header) {
      const pairs = (header ?? '').split(';').map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${name}=`));
      const [value, another] = pairs.map((pair) => pair.slice(name.length + 1));
      return value !== undefined && another === undefined && TOKEN.test(value) ? value : undefined;
    },
    write(reply, token) {
      reply.header('set-cookie', `${name}=${token ?? ''}; Max-Age=${token === undefined ? 0 : MAX_AGE_SECONDS}; ${attributes}`);
    },
  };
}
