import { localPath } from '../../../src/http/oidc-routes';

test.each(['/', '/users', '/users?q=a&b=c#top', '/a/b/c', '/search?to=https://example.test'])('78: %s is a page to return to', (path) =>
  expect(localPath(path)).toBe(path));

test.each([
  null, '', 'users', '//evil.test', '///evil.test', '/\\evil.test', '\\/evil.test', '/\t/evil.test', '/\n/evil.test', '\t//evil.test', 'https://evil.test',
  'https:/evil.test', 'https:evil.test', 'javascript:alert(1)', '/.//evil.test', '/..//evil.test', '/a/..//evil.test', '/%0a/../..//evil.test', '/\u2028/evil.test',
  '/café', '@evil.test', '.evil.test', '/auth/google/start', '/auth/../auth/oidc/start?link=1', `/${'a'.repeat(1_000)}`,
])('78: %j leads nowhere but home', (path) => expect(localPath(path)).toBe('/'));
