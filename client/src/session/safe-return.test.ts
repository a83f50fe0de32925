import { providerStart, safeReturn } from './safe-return';

const origin = 'https://keys.example.test';

describe('the way back after signing in', () => {
  it.each(['/', '/users?q=a&peek=1', '/chat/abc#end', '/account?tab=sessions'])('is the page that was asked for: %s', (to) => {
    expect(safeReturn(to, origin)).toBe(to);
  });

  it.each([
    'https://evil.test/', '//evil.test', '/\\evil.test', '\\\\evil.test', '/\t/evil.test', '/\n/evil.test', ' //evil.test', '/.//evil.test',
    'javascript:alert(1)',
    'evil.test', '', undefined, null, 7, ['/users'], '/%', 'http://keys.example.test/users', '/x/..//evil.test',
  ])('is never another place: %j', (to) => {
    const back = safeReturn(to, origin);
    expect(new URL(back, origin).origin).toBe(origin);
    expect(back.startsWith('//')).toBe(false);
    if (to !== '/%') {
      expect(back).toBe('/');
    }
  });

  it.each(['/sign-in', '/sign-in?to=/users', '/setup?token=x', '/sign-up', '/reset-password?token=x'])('never goes in circles: %s', (to) => {
    expect(safeReturn(to, origin)).toBe('/');
  });

  it('travels with a provider’s sign-in', () => {
    expect(providerStart('google', '/users?q=a&b')).toBe('/auth/google/start?returnTo=%2Fusers%3Fq%3Da%26b');
    expect(providerStart('google', '/account?tab=sign-in', 'link'))
      .toBe('/auth/google/start?returnTo=%2Faccount%3Ftab%3Dsign-in&link=1');
    expect(providerStart('oidc', '//evil.test')).toBe('/auth/oidc/start?returnTo=%2F');
  });
});
