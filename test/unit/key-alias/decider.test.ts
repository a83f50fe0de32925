import { keyAlias, keyAliasId } from '../../../commands/key-alias/decider';
import { specification, twiceIsOnce } from '../../support/specification';

describe('keyAlias', () => {
  const claimed = { type: 'KeyAliasClaimed', data: { keyId: 'k1' } } as const;
  const released = { type: 'KeyAliasReleased', data: { keyId: 'k1' } } as const;

  it('belongs to one key at a time', () => {
    specification(keyAlias).given().when({ type: 'ClaimKeyAlias', keyId: 'k1' }).then([claimed]);
    specification(keyAlias).given([claimed]).when({ type: 'ClaimKeyAlias', keyId: 'k2' }).thenRefused('E4091', 'key_alias_taken');
    specification(keyAlias).given([claimed, released]).when({ type: 'ClaimKeyAlias', keyId: 'k2' })
      .then([{ type: 'KeyAliasClaimed', data: { keyId: 'k2' } }]);
    twiceIsOnce(keyAlias, [], { type: 'ClaimKeyAlias', keyId: 'k1' });
  });

  it('is released only by its key', () => {
    specification(keyAlias).given([claimed]).when({ type: 'ReleaseKeyAlias', keyId: 'k2' }).thenNothing();
    specification(keyAlias).given([claimed]).when({ type: 'ReleaseKeyAlias', keyId: 'k1' }).then([released]);
    twiceIsOnce(keyAlias, [claimed], { type: 'ReleaseKeyAlias', keyId: 'k1' });
  });

  it('is the same whatever its case, and another in another tenant', () => {
    const id = (tenant: string, alias: string) => keyAliasId((purpose, value) => `${purpose}:${value}`, tenant, alias);
    expect(id('t1', ' Laptop ')).toBe(id('t1', 'laptop'));
    expect(id('t2', 'laptop')).not.toBe(id('t1', 'laptop'));
  });
});
