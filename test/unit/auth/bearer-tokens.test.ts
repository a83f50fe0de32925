import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { CLOCK_TOLERANCE_SECONDS, createBearerTokens, type BearerTokenOptions } from '../../../src/auth/bearer-tokens';
import type { BearerTokens } from '../../../src/auth/port';
import { claimsOf, encryptedToken, forgedTokens, newTokenSecret, tokenOf } from '../../support/tokens';

const secret = newTokenSecret();
const now = Date.UTC(2030, 0, 1);
const seconds = now / 1_000;
const claims = claimsOf({}, now);
const REFUSED = { code: 'E4011', rule: 'credential', message: 'The credential that was sent is not valid.' };

function tokens(options: Partial<BearerTokenOptions> | undefined = {}): BearerTokens {
  return createBearerTokens({
    pool: { query: async () => ({ rows: [], rowCount: 0 }) }, clock: () => new Date(now), forget: () => undefined,
    options: options && { secret, issuer: undefined, audience: undefined, ...options },
  });
}

const refusalOf = async (verifying: Promise<unknown>): Promise<unknown> =>
  verifying.then(() => 'accepted', (error: { refusal?: unknown }) => error.refusal ?? error);

describe('golden tokens of a custom encode', () => {
  const expected = {
    issuer: 'nextauth', subject: 'google-118', email: 'grace@example.test', name: 'Grace Example', picture: 'https://example.test/grace.png',
    expiresAt: seconds + 3_600,
  };

  test('72: of next-auth 4.24, signed by jsonwebtoken with typ', async () =>
    expect(await tokens().verify(tokenOf(secret, claims))).toMatchObject(expected));

  test('72: of @auth/core 0.41, signed by jose without typ', async () => {
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
    expect(await tokens().verify(token)).toMatchObject(expected);
  });

  test('72: made by other programs, with spaces and escapes', async () => {
    const spaced = JSON.stringify({ ...claims, name: 'Zoë' }, null, 1).replace('ë', '\\u00eb');
    const text = ['{"alg": "HS256", "typ": "JWT"}', spaced].map((part) => Buffer.from(part).toString('base64url')).join('.');
    const token = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    expect(await tokens().verify(token)).toMatchObject({ ...expected, name: 'Zoë' });
  });

  test.each(['next-auth 4', '@auth/core'] as const)('72: the encrypted default form of %s is refused', async (form) =>
    expect(await refusalOf(tokens().verify(await encryptedToken(secret, form, claims)))).toEqual(REFUSED));

  test('null for what a provider did not tell counts as absent', async () =>
    expect(await tokens().verify(tokenOf(secret, { ...claims, name: null, picture: null, email: null }))).toMatchObject({ subject: 'google-118', email: undefined }));
});

test('69: more than sixty forgeries are refused with one message', async () => {
  const forged = await forgedTokens(secret, now);
  expect(forged.length).toBeGreaterThanOrEqual(60);
  expect(new Set(forged.map(([name]) => name)).size).toBe(forged.length);
  expect(await tokens().verify(tokenOf(secret, claims))).toBeTruthy();
  const refusals = await Promise.all(forged.map(async ([name, token]) => [name, await refusalOf(tokens().verify(token))]));
  expect(refusals.filter(([, refusal]) => JSON.stringify(refusal) !== JSON.stringify(REFUSED))).toEqual([]);
});

describe('time', () => {
  const late = (by: number): string => tokenOf(secret, { ...claims, iat: seconds - 7_200, exp: seconds - by });

  test('MMA-01: one that was good but has expired is told so', async () =>
    expect(await refusalOf(tokens().verify(late(60)))).toEqual({ code: 'E4011', rule: 'token_expired', message: 'The token has expired.' }));

  test('clocks may differ by five seconds and no more', async () => {
    expect(await tokens().verify(late(CLOCK_TOLERANCE_SECONDS - 1))).toBeTruthy();
    expect(await refusalOf(tokens().verify(late(CLOCK_TOLERANCE_SECONDS)))).toMatchObject({ rule: 'token_expired' });
    const early = (by: number): Promise<unknown> => refusalOf(tokens().verify(tokenOf(secret, { ...claims, iat: seconds + by, nbf: seconds + by })));
    expect(await early(CLOCK_TOLERANCE_SECONDS)).toBe('accepted');
    expect(await early(CLOCK_TOLERANCE_SECONDS + 1)).toEqual(REFUSED);
  });
});

describe('issuer and audience', () => {
  const wanted = { issuer: 'https://front.example.test', audience: 'keyledger' };

  test('are demanded when they are set', async () => {
    expect(await tokens(wanted).verify(tokenOf(secret, { ...claims, iss: wanted.issuer, aud: ['other', 'keyledger'] }))).toMatchObject({ issuer: 'nextauth' });
    for (const wrong of [{}, { iss: wanted.issuer }, { aud: 'keyledger' }, { iss: 'https://other.test', aud: 'keyledger' }, { iss: wanted.issuer, aud: 'other' },
      { iss: [wanted.issuer], aud: 'keyledger' }, { iss: wanted.issuer, aud: { keyledger: true } }]) {
      expect(await refusalOf(tokens(wanted).verify(tokenOf(secret, { ...claims, ...wrong })))).toEqual(REFUSED);
    }
  });

  test('an expired token of another issuer is not told that it has expired', async () =>
    expect(await refusalOf(tokens(wanted).verify(tokenOf(secret, { ...claims, exp: seconds - 60 })))).toEqual(REFUSED));
});

test('without a secret every token is refused', async () => {
  const none = createBearerTokens({ pool: { query: async () => ({ rows: [], rowCount: 0 }) }, clock: () => new Date(now), forget: () => undefined, options: undefined });
  expect(await refusalOf(none.verify(tokenOf(secret, claims)))).toEqual(REFUSED);
});
