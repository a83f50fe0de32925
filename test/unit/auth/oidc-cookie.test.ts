import type { FastifyReply } from 'fastify';
import { oidcCookie } from '../../../src/http/oidc-cookie';

const TOKEN = 'a'.repeat(43);

function written(https: boolean, token: string | undefined): string {
  let cookie = '';
  oidcCookie(https).write({ header: (_name: string, value: string) => (cookie = value) } as unknown as FastifyReply, token);
  return cookie;
}

test('78: the cookie of a sign-in under way is bound to this host and to https, and out of reach of scripts', () => {
  expect(written(true, TOKEN)).toBe(`__Host-keyledger-flow=${TOKEN}; Max-Age=600; Path=/; HttpOnly; SameSite=Lax; Secure`);
  expect(written(false, TOKEN)).toBe(`keyledger-flow=${TOKEN}; Max-Age=600; Path=/; HttpOnly; SameSite=Lax`);
  expect(written(true, undefined)).toBe('__Host-keyledger-flow=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure');
});

test.each([
  [`keyledger-flow=${TOKEN}`, TOKEN],
  [`keyledger=x; keyledger-flow=${TOKEN}; other=y`, TOKEN],
  [`keyledger-flow=${TOKEN}; keyledger-flow=${TOKEN}`, undefined],
  [`keyledger-flow=${TOKEN}a`, undefined],
  ['keyledger-flow=', undefined],
  [`__Host-keyledger-flow=${TOKEN}`, undefined],
  [undefined, undefined],
])('in %j it finds %j', (header, token) => expect(oidcCookie(false).read(header)).toBe(token));
