import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { decrypt, deriveKey, encrypt, pack, TamperedError, unpack } from '../../../src/vault/cipher';

const key = randomBytes(32);
const places = fc.array(fc.string(), { minLength: 1, maxLength: 5 });

describe('the cipher', () => {
  it('gives back what was put in, at the same place only', () => {
    fc.assert(fc.property(fc.uint8Array(), places, places, (bytes, place, elsewhere) => {
      const box = unpack(pack(encrypt(key, place, Buffer.from(bytes))));
      expect(decrypt(key, place, box, 'it')).toEqual(Buffer.from(bytes));
      if (JSON.stringify(place) !== JSON.stringify(elsewhere)) {
        expect(() => decrypt(key, elsewhere, box, 'it')).toThrow(TamperedError);
      }
    }));
  });

  it('refuses any changed byte and any shortened box', () => {
    const packed = pack(encrypt(key, ['a'], Buffer.from('text')));
    for (let i = 0; i < packed.length; i++) {
      const changed = Buffer.from(packed);
      changed[i]! ^= 1;
      expect(() => decrypt(key, ['a'], unpack(changed), 'it')).toThrow(TamperedError);
      expect(() => decrypt(key, ['a'], unpack(packed.subarray(0, i)), 'it')).toThrow(TamperedError);
    }
  });

  it('does not confuse places that concatenate alike', () => {
    expect(() => decrypt(key, ['ab', 'c'], encrypt(key, ['a', 'bc'], Buffer.from('x')), 'it')).toThrow(TamperedError);
    expect(deriveKey(key, ['ab', 'c'])).not.toEqual(deriveKey(key, ['a', 'bc']));
  });

  it('never repeats a nonce', () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 20_000; i++) nonces.add(encrypt(key, [], Buffer.alloc(0)).nonce.toString('base64'));
    expect(nonces.size).toBe(20_000);
  });
});
