import fc from 'fast-check';
import { redact } from '../../../commands/run/redact';

const SECRET_NAMES = ['api key', 'api_key', 'API-KEY', 'apiKey', 'x-api-key', 'X_Api_Key', 'secret', 'clientSecret', 'token', 'access_token', 'Authorization', 'bearer', 'PASSWORD'];
/** Stands in no other text of a sample. */
const canary = fc.string({ minLength: 8, maxLength: 30, unit: fc.constantFrom(...'QWXZ') });
const plainName = fc.constantFrom('prompt', 'text', 'n', 'model_name', 'key', 'status', '__proto__', 'constructor');
const plain = fc.jsonValue().filter((value) => !/key|secret|token|authorization|bearer|password|[QWXZ]{3}/i.test(JSON.stringify(value)));

/** A value with secrets somewhere in it, at any depth. */
const holder = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, plain, tie('secret'), tie('list'), tie('object')),
  secret: fc.tuple(fc.constantFrom(...SECRET_NAMES), fc.oneof(canary, fc.array(canary), fc.record({ inner: canary }))).map(([name, value]) => ({ [name]: value })),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.array(fc.tuple(plainName, tie('value')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
})).value;

test('TEST-56: nothing that its name calls a secret can be read any more, at any depth', () => {
  fc.assert(fc.property(holder, (value) => {
    expect(JSON.stringify(redact(value))).not.toMatch(/[QWXZ]{3}/);
  }));
});

test('TEST-56: everything else stays as it is, and what was given is not changed', () => {
  fc.assert(fc.property(plain, (value) => {
    const before = JSON.stringify(value);
    expect(redact(value)).toEqual(value);
    expect(JSON.stringify(value)).toBe(before);
  }));
  fc.assert(fc.property(holder, (value) => {
    const before = JSON.stringify(value);
    redact(value);
    expect(JSON.stringify(value)).toBe(before);
  }));
});

test('TEST-56: twice is once', () => {
  fc.assert(fc.property(holder, (value) => {
    const once = redact(value);
    expect(redact(once)).toEqual(once);
  }));
});

test.each([
  ['seven or more characters', '1234567', '12***67'], ['six', '123456', '***'], ['none', '', '***'], ['a number', 12_345_678, '***'],
  ['null', null, '***'], ['a list', ['12345678'], '***'], ['an object', { a: '12345678' }, '***'], ['a switch', true, '***'],
])('TEST-56: a secret of %s', (_what, value, shown) => {
  expect(redact({ request: [{ 'X-Api-Key': value }] })).toEqual({ request: [{ 'X-Api-Key': shown }] });
});

test.each(SECRET_NAMES)('TEST-56: %s is the name of a secret', (name) => {
  expect(redact({ [name]: 'abcdefgh' })).toEqual({ [name]: 'ab***gh' });
});

test('a prompt, a picture and an id of a key are no secrets', () => {
  const request = { prompt: 'a key under the mat', image: 'https://pictures.test/1.png', keyId: 'k1' };
  expect(redact(request)).toEqual(request);
});

test('a name that objects are made of does no harm', () => {
  const value = JSON.parse('{"__proto__": {"token": "abcdefgh"}, "constructor": 1}') as object;
  expect(JSON.stringify(redact(value))).toBe('{"__proto__":{"token":"ab***gh"},"constructor":1}');
  expect(({} as { token?: string }).token).toBeUndefined();
});

test('whatever nests too deep to be anything is masked', () => {
  let deep: unknown = { token: 'abcdefgh' };
  for (let depth = 0; depth < 5_000; depth++) deep = [deep];
  expect(JSON.stringify(redact(deep))).not.toContain('cdef');
});
