import fc from 'fast-check';
import { credentialOf, socketCredentialOf, type CredentialHeaders } from '../../../src/auth/credential';

const KEY = 'sk-kl-not-a-real-key';
const COOKIE = 'keyledger=token-of-the-cookie';
const cookieOf = (header: string | undefined): string | undefined => header?.split('=')[1];
const of = (headers: CredentialHeaders) => credentialOf(headers, cookieOf);
const ofSocket = (headers: CredentialHeaders, params?: Record<string, unknown>) => socketCredentialOf(headers, params, cookieOf);
const key = { kind: 'client_key', key: KEY };

describe('credentialOf', () => {
  it('lets X-API-Key alone decide, then Authorization, then the cookie', () => {
    expect(of({ 'x-api-key': KEY, authorization: 'Bearer a.b.c', cookie: COOKIE })).toEqual(key);
    expect(of({ 'x-api-key': '', authorization: `Bearer ${KEY}`, cookie: COOKIE })).toMatchObject({ kind: 'malformed' });
    expect(of({ authorization: 'Bearer a.b.c', cookie: COOKIE })).toEqual({ kind: 'jwt', token: 'a.b.c' });
    expect(of({ authorization: '', cookie: COOKIE })).toMatchObject({ kind: 'malformed' });
    expect(of({ cookie: COOKIE })).toEqual({ kind: 'cookie', token: 'token-of-the-cookie' });
    expect(of({})).toEqual({ kind: 'none' });
  });

  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('takes a key by the scheme %s as by X-API-Key', (scheme) => {
    expect(of({ authorization: `${scheme} ${KEY}` })).toEqual(key);
    expect(of({ authorization: `  ${scheme}   ${KEY} ` })).toEqual(key);
    expect(of({ 'x-api-key': ` ${KEY} ` })).toEqual(key);
  });

  it.each(['Basic', 'Token', 'ApiKey', 'Digest', 'Bearer:', 'BearerX'])('knows no scheme %s', (scheme) => {
    expect(of({ authorization: `${scheme} ${KEY}` })).toEqual({ kind: 'malformed', reason: 'scheme' });
  });

  it('tells what a value is by its form', () => {
    expect(of({ 'x-api-key': 'a.b.c' })).toEqual({ kind: 'jwt', token: 'a.b.c' });
    expect(of({ 'x-api-key': 'a.b.c.d.e' })).toEqual({ kind: 'malformed', reason: 'encrypted' });
    expect(of({ 'x-api-key': 'abc' })).toEqual({ kind: 'session', token: 'abc' });
    expect(of({ 'x-api-key': 'SK-KL-abc' })).toEqual({ kind: 'session', token: 'SK-KL-abc' });
    expect(of({ 'x-api-key': `sk-kl-${'x'.repeat(8_192)}` })).toEqual({ kind: 'malformed', reason: 'shape' });
  });

  it('refuses several keys in one header', () => {
    for (const several of [`${KEY}, ${KEY}`, [KEY, KEY]]) expect(of({ 'x-api-key': several })).toEqual({ kind: 'malformed', reason: 'several' });
    expect(of({ authorization: `Bearer ${KEY}, Bearer ${KEY}` })).toMatchObject({ kind: 'malformed' });
  });

  it('never throws and never takes what was sent on purpose for nothing', () => {
    fc.assert(fc.property(fc.string(), fc.boolean(), (value, inKey) => {
      expect(['none', 'cookie']).not.toContain(of({ [inKey ? 'x-api-key' : 'authorization']: value, cookie: COOKIE }).kind);
    }));
  });
});

describe('socketCredentialOf', () => {
  it.each(['x-api-key', 'X-API-Key', 'X-API-KEY', 'x-Api-Key'])('reads the parameter %s as the header', (name) => {
    expect(ofSocket({}, { [name]: KEY })).toEqual(key);
    expect(ofSocket({ cookie: COOKIE, authorization: 'Bearer a.b.c' }, { [name]: KEY })).toEqual(key);
  });

  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])('reads the parameter %s as the header', (name) => {
    expect(ofSocket({ cookie: COOKIE }, { [name]: `Bearer ${KEY}` })).toEqual(key);
    expect(ofSocket({ 'x-api-key': 'abc' }, { [name]: `Bearer ${KEY}` })).toEqual({ kind: 'session', token: 'abc' });
  });

  it('judges the headers of the upgrade when there are no parameters', () => {
    for (const params of [undefined, {}, { other: 1 }]) {
      expect(ofSocket({ 'x-api-key': KEY, cookie: COOKIE }, params)).toEqual(key);
      expect(ofSocket({ cookie: COOKIE }, params)).toEqual({ kind: 'cookie', token: 'token-of-the-cookie' });
      expect(ofSocket({}, params)).toEqual({ kind: 'none' });
    }
  });

  it('takes the same said twice, and refuses two that differ', () => {
    expect(ofSocket({ 'x-api-key': KEY }, { 'X-API-Key': KEY })).toEqual(key);
    expect(ofSocket({ 'x-api-key': KEY }, { 'X-API-Key': 'abc' })).toEqual({ kind: 'malformed', reason: 'several' });
    expect(ofSocket({}, { 'X-API-Key': KEY, 'x-api-key': 'abc' })).toEqual({ kind: 'malformed', reason: 'several' });
  });

  it.each([null, 1, true, {}, [], ['a']])('refuses the parameter %p', (value) => {
    expect(ofSocket({ cookie: COOKIE }, { 'x-api-key': value })).toMatchObject({ kind: 'malformed' });
    expect(ofSocket({ cookie: COOKIE }, { authorization: value })).toMatchObject({ kind: 'malformed' });
  });
});
