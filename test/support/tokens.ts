import { createHmac, generateKeyPairSync, hkdfSync, randomBytes, sign } from 'node:crypto';
import { EncryptJWT } from 'jose';

/** For tests only: random, so that it is nobody's secret. */
export const newTokenSecret = (): string => randomBytes(32).toString('base64');

export interface Claims {
  [name: string]: unknown;
}

const encode = (value: string | Buffer): string => Buffer.from(value).toString('base64url');
const json = (value: unknown): string => encode(JSON.stringify(value));
const hmac = (bits: 256 | 384 | 512, secret: string | Buffer, text: string): string => createHmac(`sha${bits}`, secret).update(text).digest('base64url');

/** Claims as NextAuth puts them, good for an hour. */
export function claimsOf(more: Claims = {}, now = Date.now()): Claims {
  const seconds = Math.floor(now / 1_000);
  return {
    name: 'Grace Example', email: 'grace@example.test', picture: 'https://example.test/grace.png', sub: 'google-118', iat: seconds, exp: seconds + 3_600,
    ...more,
  };
}

/** The golden form: what a custom `encode` of next-auth and @auth/core with jose or jsonwebtoken gives. */
export function tokenOf(secret: string, claims: Claims = claimsOf(), header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const text = `${json(header)}.${json(claims)}`;
  return `${text}.${hmac(256, secret, text)}`;
}

/** Rightly signed with the secret, whatever is in it. */
const signedText = (secret: string, header: string, payload: string): string => {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${hmac(256, secret, text)}`;
};

/** What NextAuth sends when nobody gave it an `encode` of their own: JWE under a key derived from the secret. */
export function encryptedToken(secret: string, form: 'next-auth 4' | '@auth/core', claims: Claims = claimsOf()): Promise<string> {
  const [info, enc, length, salt] = form === 'next-auth 4'
    ? ['NextAuth.js Generated Encryption Key', 'A256GCM', 32, '']
    : ['Auth.js Generated Encryption Key (authjs.session-token)', 'A256CBC-HS512', 64, 'authjs.session-token'];
  const key = new Uint8Array(hkdfSync('sha256', secret, salt as string, info as string, length as number));
  return new EncryptJWT(claims).setProtectedHeader({ alg: 'dir', enc: enc as string }).encrypt(key);
}

/** More than sixty ways to forge a token without the secret, to bend the rules with it, or to spell one differently; all by name. */
export async function forgedTokens(secret: string, now = Date.now()): Promise<[name: string, token: string][]> {
  const seconds = Math.floor(now / 1_000);
  const claims = claimsOf({}, now);
  const good = tokenOf(secret, claims);
  const [head, body, signature] = good.split('.') as [string, string, string];
  const plain = JSON.stringify(claims);
  const header = '{"alg":"HS256","typ":"JWT"}';
  const without = (name: string): string => tokenOf(secret, Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name)));
  const withHeader = (more: object): string => tokenOf(secret, claims, { alg: 'HS256', typ: 'JWT', ...more });
  const withClaims = (more: Claims): string => tokenOf(secret, { ...claims, ...more });
  const alg = (name: string, signed: (text: string) => string): string => {
    const text = `${json({ alg: name, typ: 'JWT' })}.${body}`;
    return `${text}.${signed(text)}`;
  };
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsaSign = (text: string): string => sign('sha256', Buffer.from(text), rsa.privateKey).toString('base64url');
  const jwk = { kty: 'oct', k: encode(secret) };
  const flip = (part: string, at: number): string => part.slice(0, at) + (part[at] === 'A' ? 'B' : 'A') + part.slice(at + 1);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  // The last of 43 characters carries four bits; another spelling of the same signature differs in the two spare ones.
  const spare = signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.at(-1)!) ^ 1];
  const nested = await encryptedToken(secret, 'next-auth 4', { token: good });

  return [
    ['alg none, no signature', `${json({ alg: 'none', typ: 'JWT' })}.${body}.`],
    ['alg none, the old signature', `${json({ alg: 'none', typ: 'JWT' })}.${body}.${signature}`],
    ['alg None', `${json({ alg: 'None' })}.${body}.`],
    ['alg NONE', `${json({ alg: 'NONE' })}.${body}.${signature}`],
    ['alg nOnE', `${json({ alg: 'nOnE' })}.${body}.x`],
    ['alg null', alg(null as unknown as string, (text) => hmac(256, secret, text))],
    ['alg empty', alg('', (text) => hmac(256, secret, text))],
    ['alg hs256', alg('hs256', (text) => hmac(256, secret, text))],
    ['alg a list', alg(['HS256'] as unknown as string, (text) => hmac(256, secret, text))],
    ['no alg', signedText(secret, '{"typ":"JWT"}', plain)],
    ['HS384', alg('HS384', (text) => hmac(384, secret, text))],
    ['HS512', alg('HS512', (text) => hmac(512, secret, text))],
    ['says HS256, signed with SHA-384', `${head}.${body}.${hmac(384, secret, `${head}.${body}`)}`],
    ['RS256 of somebody', alg('RS256', rsaSign)],
    ['RS256 with the secret as key', alg('RS256', (text) => hmac(256, secret, text))],
    ['PS256', alg('PS256', rsaSign)],
    ['ES256', alg('ES256', (text) => sign('sha256', Buffer.from(text), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url'))],
    ['EdDSA', alg('EdDSA', (text) => hmac(256, secret, text))],
    ['HS256 with a public key as secret', `${head}.${body}.${hmac(256, rsa.publicKey.export({ type: 'spki', format: 'pem' }), `${head}.${body}`)}`],
    ['kid ../../dev/null and an empty key', signedWith('', { alg: 'HS256', typ: 'JWT', kid: '../../../../dev/null' })],
    ['kid with SQL', withHeader({ kid: "' union select 'x' --" })],
    ['kid, rightly signed', withHeader({ kid: 'key-1' })],
    ['kid a path, rightly signed', withHeader({ kid: '/etc/hostname' })],
    ['jku', withHeader({ jku: 'https://attacker.test/keys.json' })],
    ['jwk of the secret', withHeader({ jwk })],
    ['jwk of an own key', signedWith('own key', { alg: 'HS256', typ: 'JWT', jwk: { kty: 'oct', k: encode('own key') } })],
    ['x5u', withHeader({ x5u: 'https://attacker.test/cert.pem' })],
    ['x5c', withHeader({ x5c: ['MIIB'] })],
    ['x5t', withHeader({ x5t: 'AAAA' })],
    ['crit', withHeader({ crit: ['exp'], exp: seconds })],
    ['crit empty', withHeader({ crit: [] })],
    ['b64 false', withHeader({ b64: false, crit: ['b64'] })],
    ['zip', withHeader({ zip: 'DEF' })],
    ['cty JWT', withHeader({ cty: 'JWT' })],
    ['typ of an access token', withHeader({ typ: 'at+jwt' })],
    ['typ JWE', withHeader({ typ: 'JWE' })],
    ['typ empty', withHeader({ typ: '' })],
    ['typ null', withHeader({ typ: null })],
    ['typ a number', withHeader({ typ: 1 })],
    ['alg twice', signedText(secret, '{"alg":"none","alg":"HS256"}', plain)],
    ['header a list', signedText(secret, '["HS256"]', plain)],
    ['header null', signedText(secret, 'null', plain)],
    ['header no JSON', signedText(secret, '{alg:HS256}', plain)],
    ['header after a byte order mark', signedText(secret, `\ufeff${header}`, plain)],
    ['payload a list', signedText(secret, header, `[${plain}]`)],
    ['payload a string', signedText(secret, header, '"sub"')],
    ['payload null', signedText(secret, header, 'null')],
    ['payload empty', signedText(secret, header, '')],
    ['payload no JSON', signedText(secret, header, plain.slice(0, -1))],
    ['payload of broken UTF-8', `${head}.${encode(Buffer.from([0x7b, 0xff, 0x7d]))}.${hmac(256, secret, `${head}.${encode(Buffer.from([0x7b, 0xff, 0x7d]))}`)}`],
    ['sub twice', signedText(secret, header, `{"sub":"somebody",${plain.slice(1)}`)],
    ['sub twice, once in escapes', signedText(secret, header, `{"\\u0073ub":"somebody",${plain.slice(1)}`)],
    ['exp twice', signedText(secret, header, `${plain.slice(0, -1)},"exp":${seconds + 9_999}}`)],
    ['no sub', without('sub')],
    ['no iat', without('iat')],
    ['no exp', without('exp')],
    ['sub empty', withClaims({ sub: '' })],
    ['sub null', withClaims({ sub: null })],
    ['sub a number', withClaims({ sub: 118 })],
    ['sub a list', withClaims({ sub: ['google-118'] })],
    ['sub very long', withClaims({ sub: 's'.repeat(1_000) })],
    ['exp a string', withClaims({ exp: String(seconds + 3_600) })],
    ['exp a list', withClaims({ exp: [seconds + 3_600] })],
    ['exp null', withClaims({ exp: null })],
    ['exp of another universe', withClaims({ exp: 1e300 })],
    ['exp in milliseconds', withClaims({ exp: now + 3_600_000 })],
    ['exp a fraction', withClaims({ exp: seconds + 0.5 })],
    ['exp negative', withClaims({ exp: -1, iat: -2 })],
    ['iat a string', withClaims({ iat: String(seconds) })],
    ['iat in the future', withClaims({ iat: seconds + 600 })],
    ['nbf in the future', withClaims({ nbf: seconds + 600 })],
    ['nbf a string', withClaims({ nbf: String(seconds) })],
    ['expired and of another secret', tokenOf(newTokenSecret(), { ...claims, exp: seconds - 60 })],
    ['email a list', withClaims({ email: ['grace@example.test'] })],
    ['name an object', withClaims({ name: { $ne: null } })],
    ['another secret', tokenOf(newTokenSecret(), claims)],
    ['an empty secret', tokenOf('', claims)],
    ['the secret decoded from base64', `${head}.${body}.${createHmac('sha256', Buffer.from(secret, 'base64')).update(`${head}.${body}`).digest('base64url')}`],
    ['the secret with a line break', tokenOf(`${secret}\n`, claims)],
    ['signature of another payload', `${head}.${json({ ...claims, sub: 'somebody' })}.${signature}`],
    ['no signature', `${head}.${body}.`],
    ['no payload', `${head}..${signature}`],
    ['no header', `.${body}.${signature}`],
    ['only dots', '..'],
    ['two parts', `${head}.${body}`],
    ['four parts', `${good}.${signature}`],
    ['signature cut by one', good.slice(0, -1)],
    ['signature cut in half', good.slice(0, -20)],
    ['signature with more behind', `${good}AAAA`],
    ['signature in another spelling', `${head}.${body}.${spare}`],
    ['signature padded', `${good}=`],
    ['signature in plain base64', `${head}.${body}.${Buffer.from(signature, 'base64url').toString('base64')}`],
    ['signature in hex', `${head}.${body}.${Buffer.from(signature, 'base64url').toString('hex')}`],
    ['header padded', `${head}=.${body}.${signature}`],
    ...Array.from({ length: 4 }, (_, n): [string, string] => [`bit of the header, ${n}`, `${flip(head, n * 6)}.${body}.${signature}`]),
    ...Array.from({ length: 4 }, (_, n): [string, string] => [`bit of the payload, ${n}`, `${head}.${flip(body, n * 20)}.${signature}`]),
    ...Array.from({ length: 4 }, (_, n): [string, string] => [`bit of the signature, ${n}`, `${head}.${body}.${flip(signature, n * 10)}`]),
    ['white space inside', `${head}.${body}. ${signature}`],
    ['line break inside', `${head}.\n${body}.${signature}`],
    ['a zero byte', `${good}\0`],
    ['full-width dots', good.replaceAll('.', '．')],
    ['letters of another alphabet', good.replace('e', 'е')],
    ['100 kB', tokenOf(secret, { ...claims, filler: 'x'.repeat(100_000) })],
    ['9 kB', tokenOf(secret, { ...claims, filler: 'x'.repeat(6_500) })],
    ['a JWE around it', nested],
    ['the default form of next-auth 4', await encryptedToken(secret, 'next-auth 4', claims)],
    ['the default form of @auth/core', await encryptedToken(secret, '@auth/core', claims)],
    ['JSON serialisation', JSON.stringify({ payload: body, signatures: [{ protected: head, signature }] })],
    ['twice the token', `${good},${good}`],
  ];

  function signedWith(key: string, wanted: object): string {
    const text = `${json(wanted)}.${body}`;
    return `${text}.${hmac(256, key, text)}`;
  }
}
