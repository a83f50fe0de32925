import { readConfiguration } from '../../../src/configuration';
import { newTokenSecret } from '../../support/tokens';

const good = newTokenSecret();

test('70: a long random secret is taken; none means that no token is', () => {
  expect(readConfiguration({ NEXTAUTH_SECRET: good }).bearerTokens).toEqual({ secret: good, issuer: undefined, audience: undefined });
  expect(readConfiguration({}).bearerTokens).toBeUndefined();
  expect(readConfiguration({ NEXTAUTH_SECRET: '' }).bearerTokens).toBeUndefined();
});

test.each([
  'short', 'a'.repeat(31), 'a'.repeat(64), '0123456789'.repeat(1), 'abababababababababababababababababab', '123123123123123123123123123123123123',
  'change-me-change-me-change-me-change-me', 'changeme1234567890changeme1234567890', 'this is an example value, for the documentation only',
  'my super secret value that is quite long indeed', 'your-nextauth-value-goes-here-0123456789', 'placeholder-0123456789-abcdefghijklmnop',
])('70: the server does not start with the secret %j, and does not repeat it', (secret) => {
  let message = '';
  try {
    readConfiguration({ NEXTAUTH_SECRET: secret });
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toContain('NEXTAUTH_SECRET');
  expect(message).not.toContain(secret);
});

test.each(['NEXTAUTH_ISSUER', 'NEXTAUTH_AUDIENCE'])('70: %s without a secret is refused', (name) =>
  expect(() => readConfiguration({ [name]: 'https://front.example.test' })).toThrow('NEXTAUTH_SECRET'));

describe('an issuer', () => {
  const client = { OIDC_CLIENT_ID: 'keyledger', OIDC_CLIENT_SECRET: good };

  test.each(['https://login.example.test', 'http://localhost:9000', 'http://127.0.0.1:9000/realm', 'http://[::1]:9000'])('may be %s', (issuer) =>
    expect(readConfiguration({ ...client, OIDC_ISSUER: issuer }).oidc?.issuer).toBe(issuer));

  test.each(['http://login.example.test', 'http://10.0.0.1', 'http://localhost.example.test', 'http://127.0.0.1.example.test', 'https://', 'http://[::1', 'ftp://localhost'])('may not be %s', (issuer) =>
    expect(() => readConfiguration({ ...client, OIDC_ISSUER: issuer })).toThrow('OIDC_ISSUER'));
});
