import fc from 'fast-check';
import { isClientKey, newClientKey, withChecksum } from '../../../src/auth/client-key-format';

const BASE62 = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];

describe('client keys', () => {
  it('are the prefix, 43 random characters and six of a checksum', () => {
    const keys = Array.from({ length: 500 }, newClientKey);
    for (const key of keys) expect(key).toMatch(/^sk-kl-[0-9A-Za-z]{49}$/);
    expect(keys.every(isClientKey)).toBe(true);
    expect(new Set(keys).size).toBe(500);
  });

  it('use every character equally often', () => {
    const count = new Map(BASE62.map((character) => [character, 0]));
    for (let n = 0; n < 5_000; n++) for (const character of newClientKey().slice(6, -6)) count.set(character, count.get(character)! + 1);
    const expected = (5_000 * 43) / 62;
    const chiSquare = [...count.values()].reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    // 61 degrees of freedom: beyond 130 once in a million runs; a modulo bias of a byte alone gives more than 1,000.
    expect(chiSquare).toBeLessThan(130);
  });

  it('have the CRC-32 that everybody computes', () => {
    // CRC-32 of `123456789` is 0xCBF43926.
    expect(withChecksum('123456789')).toBe('1234567893jZRME');
    expect(withChecksum('')).toBe('000000');
  });

  it('are refused after any one wrong, missing, swapped or further character', () => {
    const place = fc.nat({ max: 54 });
    fc.assert(fc.property(place, fc.constantFrom(...BASE62, '-', '_', ' ', 'é'), (at, character) => {
      const key = newClientKey();
      const typed = key.slice(0, at) + character + key.slice(at + 1);
      if (typed !== key) expect(isClientKey(typed)).toBe(false);
    }));
    fc.assert(fc.property(fc.nat({ max: 53 }), (at) => {
      const key = newClientKey();
      expect(isClientKey(key.slice(0, at) + key.slice(at + 1))).toBe(false);
      expect(isClientKey(key.slice(0, at) + 'x' + key.slice(at))).toBe(false);
      const [one, other] = [key[at]!, key[at + 1]!];
      if (one !== other) expect(isClientKey(key.slice(0, at) + other + one + key.slice(at + 2))).toBe(false);
    }));
    const key = newClientKey();
    for (const other of [key.toUpperCase(), key.toLowerCase(), key.replace('sk-kl-', 'sk-'), ` ${key}`, `${key}\n`, '', 'sk-kl-']) {
      expect(isClientKey(other)).toBe(false);
    }
  });
});
