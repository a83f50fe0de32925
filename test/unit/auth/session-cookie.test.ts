import type { FastifyReply } from 'fastify';
import { sessionCookie } from '../../../src/http/session-cookie';

const TOKEN = 'a'.repeat(43);

function written(https: boolean, token: string | undefined): string {
  let header = '';
  sessionCookie(https).write({ header: (_name: string, value: string) => void (header = value) } as unknown as FastifyReply, token);
  return header;
}

describe('74: the cookie of a session', () => {
  it('is bound to its host and to https where there is https', () => {
    expect(written(true, TOKEN)).toBe(`__Host-keyledger=${TOKEN}; Max-Age=86400; Path=/; HttpOnly; SameSite=Lax; Secure`);
    expect(written(true, undefined)).toBe('__Host-keyledger=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure');
    expect(written(false, TOKEN)).toBe(`keyledger=${TOKEN}; Max-Age=86400; Path=/; HttpOnly; SameSite=Lax`);
  });

  it('is written with nothing that could begin another attribute', () => {
    expect(() => written(true, 'a; Domain=example.test')).toThrow();
    expect(() => written(true, '')).toThrow();
  });

  const { read } = sessionCookie(true);
  it.each([
    [`__Host-keyledger=${TOKEN}`, TOKEN],
    [`theme=dark; __Host-keyledger=${TOKEN}; lang=ko`, TOKEN],
    [undefined, undefined],
    ['', undefined],
    [`keyledger=${TOKEN}`, undefined],
    [`x__Host-keyledger=${TOKEN}`, undefined],
    ['__Host-keyledger=', undefined],
    ['__Host-keyledger=a b', undefined],
    [`__Host-keyledger=${'a'.repeat(201)}`, undefined],
    [`__Host-keyledger=${TOKEN}; __Host-keyledger=${'b'.repeat(43)}`, undefined],
  ])('in %p is %p', (header, token) => {
    expect(read(header)).toBe(token);
  });
});
