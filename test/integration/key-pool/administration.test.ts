import { randomUUID } from 'node:crypto';
import { providerKeySecretsReactor, settleProviderKeySecretsTask } from '../../../commands/key-pool/secrets-reactor';
import { parseKlingSecret } from '../../../schema/key-pool/credentials';
import { toGlobalId } from '../../../src/graphql/node';
import type { JobHelpers } from '../../../src/jobs/port';
import { eventually } from '../../support/eventually';
import { ACTS, ADD, BEAT, claim, LEASE, newProvider, poolActs } from './pool-acts';
import { createPoolSetting, type PoolSetting } from './pool-setting';

const LEASE_BY_ID = 'query ($id: ID!) { node(id: $id) { ... on Lease { state } } }';

let setting: PoolSetting;
beforeAll(async () => {
  setting = await createPoolSetting();
});
afterAll(() => setting.close());

const { act, addKey, asOther, beat, lease, poolOf, release } = poolActs(() => setting);

const plainId = (id: string): string => Buffer.from(id, 'base64url').toString().split(':').slice(1).join(':');
const storedRefs = async (key: { id: string }): Promise<string[]> =>
  (await setting.db.query<{ ref: string }>('select ref from vault_secrets where starts_with(ref, $1) order by ref', [plainId(key.id)])).map(({ ref }) => ref);

/** Deletes what is not needed any more, as if the secrets of the key had been stored long ago. */
async function settleSecrets(provider: string, key: { id: string }): Promise<void> {
  await setting.db.query(`update vault_secrets set updated_at = updated_at - interval '1 hour' where starts_with(ref, $1)`, [plainId(key.id)]);
  await settleSecretsNow(provider, key);
}

const settleSecretsNow = (provider: string, key: { id: string }): Promise<void> =>
  settleProviderKeySecretsTask(setting)({ provider, keyId: plainId(key.id), owner: 'a' }, {} as JobHelpers);

test('addProviderKey makes no further pool for a tenant that has a hundred, however many keys they have', async () => {
  const tenant = 'collector';
  const add = async (provider: string, name: string): Promise<unknown> =>
    (await asOther(ADD, { input: { provider, name, secret: `${name} of ${provider}` } }, tenant)).addProviderKey.errors;
  const providers = Array.from({ length: 100 }, newProvider);
  const counted = () => setting.db.query('select 1 from views.key_pools where tenant_id = $1', [tenant]);
  expect((await Promise.all(providers.map((provider) => add(provider, 'first key')))).flat()).toEqual([]);
  await eventually(async () => (await counted()).length === 100);
  expect(await add(newProvider(), 'first key')).toMatchObject([{ code: 'B2001', rule: 'too_many_pools', path: ['input', 'provider'] }]);
  expect(await add(providers[0]!, 'second key')).toEqual([]);
  expect(await counted()).toHaveLength(100);
});

describe('changeProviderKey', () => {
  it('keeps what is left out and clears what is null', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const key = await addKey(newProvider(), { rpmLimit: 5, priority: 3, expiresAt });
    expect(key).toMatchObject({ rpmLimit: 5, expiresAt, specified: false, coolingDownUntil: null, coolDownReason: null, permitTimes: [] });
    const renamed = await act('changeProviderKey', { providerKeyId: key.id, name: 'other', concurrencyLimit: 7 });
    expect(renamed).toMatchObject({ providerKey: { name: 'other', concurrencyLimit: 7, rpmLimit: 5, priority: 3, expiresAt }, keyPool: { capacity: 7 }, errors: [] });
    const cleared = await act('changeProviderKey', { providerKeyId: key.id, rpmLimit: null, expiresAt: null });
    expect(cleared.providerKey).toMatchObject({ name: 'other', concurrencyLimit: 7, rpmLimit: null, priority: 3, expiresAt: null });
    expect(Date.parse(cleared.providerKey.updatedAt)).toBeGreaterThan(Date.parse(key.updatedAt));
  });

  it('refuses to clear what must be there, a name that is taken, a blank one, and tenants that one does not run', async () => {
    const provider = newProvider();
    const key = await addKey(provider);
    await addKey(provider, { name: 'second' });
    const errorsOf = async (input: object, role?: 'admin') =>
      (await act('changeProviderKey', { providerKeyId: key.id, ...input }, role && 'adam', role)).errors;
    expect(await errorsOf({ name: null, concurrencyLimit: null, priority: null, tenantScope: null })).toMatchObject(
      ['name', 'concurrencyLimit', 'priority', 'tenantScope'].map((field) => ({ code: 'E4003', rule: 'required', path: ['input', field] })));
    expect(await errorsOf({ name: 'second' })).toMatchObject([{ rule: 'provider_key_name_taken', path: ['input', 'name'] }]);
    expect(await errorsOf({ name: ' ' })).toMatchObject([{ code: 'V1001', path: ['input', 'name'] }]);
    expect(await errorsOf({ tenantScope: 'b' }, 'admin')).toMatchObject([{ code: 'E4031', rule: 'tenant_scope', path: ['input', 'tenantScope'] }]);
    expect(await errorsOf({ tenantScope: 'a,b' })).toEqual([]);
  });

  it('knows nothing of keys of other tenants, nor does any other act', async () => {
    const provider = newProvider();
    const key = await addKey(provider, { tenantScope: '*' });
    const unknown = [{ code: 'E4041', rule: 'provider_key_unknown', path: ['input', 'providerKeyId'] }];
    const own = { providerKeyId: key.id };
    const more: Record<string, object> = {
      rotateProviderKey: { secret: 'another-sample' }, coolDownProviderKey: { seconds: 9 }, removeProviderKey: { confirmation: 'first' },
    };
    for (const name of Object.keys(ACTS).filter((act) => act.endsWith('ProviderKey'))) {
      for (const input of [{ ...own, ...more[name] }, { ...more[name], providerKeyId: toGlobalId('ProviderKey', randomUUID()) }]) {
        expect({ name, errors: (await asOther(ACTS[name]!, { input }))[name].errors }).toMatchObject({ name, errors: unknown });
      }
    }
    expect((await poolOf(provider)).keys).toEqual([key]);
  });
});

describe('rotateProviderKey', () => {
  it('fault 44: ends leases with the old secret, tells their holder, and leases the new one from then on', async () => {
    const provider = newProvider();
    const key = await addKey(provider);
    const held = await lease(provider, 'r');
    const rotated = await act('rotateProviderKey', { providerKeyId: key.id, secret: 'another-sample' });
    expect(rotated).toMatchObject({ providerKey: { lastFour: 'mple', activeLeases: 0 }, errors: [] });
    expect((await beat(held)).errors).toMatchObject([{ rule: 'stale_lease' }]);
    expect((await setting.ask(LEASE_BY_ID, { id: held.lease.id })).node).toEqual({ state: 'REVOKED' });
    expect(await lease(provider, 's')).toMatchObject({ secret: 'another-sample', lease: { fencingToken: '2' } });
  });

  it('lets leases go on when asked to, and keeps their secret until they have ended', async () => {
    const provider = newProvider();
    const key = await addKey(provider, { concurrencyLimit: 2 });
    const held = await lease(provider, 'r');
    await act('rotateProviderKey', { providerKeyId: key.id, secret: 'another-sample', revokeLeases: false });
    expect((await beat(held)).errors).toEqual([]);
    expect((await lease(provider, 's')).secret).toBe('another-sample');
    await settleSecrets(provider, key);
    expect(await storedRefs(key)).toHaveLength(2);
    await release(held);
    await settleSecrets(provider, key);
    expect(await storedRefs(key)).toHaveLength(1);
    expect((await lease(provider, 't')).secret).toBe('another-sample');
  });

  it('deletes no secret that was stored just now: its rotation may be on the way', async () => {
    const provider = newProvider();
    const key = await addKey(provider);
    await act('rotateProviderKey', { providerKeyId: key.id, secret: 'another-sample' });
    await settleSecretsNow(provider, key);
    expect(await storedRefs(key)).toHaveLength(2);
  });

  it('has old secrets deleted a minute later, and once more when no lease from before can be left', () => {
    const at = Date.UTC(2026, 0, 1);
    const rotated = { type: 'ProviderKeyRotated', data: { keyId: 'k', tenant: 'a', lastFour: '', fingerprint: '', secretRef: 'a/k.2', at }, at: { stream: 'keyPool-the-vendor' } };
    const jobs = providerKeySecretsReactor.react([rotated as unknown as Parameters<typeof providerKeySecretsReactor.react>[0][number]]);
    expect(jobs.map(({ payload }) => payload)).toEqual([1, 2].map(() => ({ provider: 'the-vendor', keyId: 'k', owner: 'a' })));
    expect(jobs.map(({ runAt }) => (runAt!.getTime() - at) / 60_000)).toEqual([1, 26 * 60]);
    expect(new Set(jobs.map(({ jobKey }) => jobKey)).size).toBe(2);
  });

  it('refuses a secret that the pool has already, and leaves nothing of it behind', async () => {
    const provider = newProvider();
    const key = await addKey(provider);
    await addKey(provider, { name: 'second', secret: 'another-sample' });
    const { errors } = await act('rotateProviderKey', { providerKeyId: key.id, secret: 'another-sample' });
    expect(errors).toMatchObject([{ code: 'E4091', rule: 'provider_key_known', path: ['input', 'secret'] }]);
    expect(await storedRefs(key)).toHaveLength(1);
  });

  it('takes both halves of a Kling key, and no access key for anybody else', async () => {
    const provider = `kling-${randomUUID()}`;
    const key = await addKey(provider, { accessKey: 'access-1', secret: 'secret-half-1' });
    expect(key.lastFour).toBe('lf-1');
    expect(parseKlingSecret((await lease(provider, 'r')).secret)).toEqual({ accessKey: 'access-1', secretKey: 'secret-half-1' });
    const rotated = await act('rotateProviderKey', { providerKeyId: key.id, accessKey: 'access-2', secret: 'secret-half-2' });
    expect(rotated.providerKey.lastFour).toBe('lf-2');
    expect(parseKlingSecret((await lease(provider, 's')).secret)).toEqual({ accessKey: 'access-2', secretKey: 'secret-half-2' });
    const other = await addKey(newProvider());
    expect((await act('rotateProviderKey', { providerKeyId: other.id, accessKey: 'x', secret: 'another-sample' })).errors)
      .toMatchObject([{ code: 'V1001', rule: 'access_key', path: ['input', 'accessKey'] }]);
  });
});

describe('what a key is not granted on', () => {
  it('a deactivated key is not granted until it is activated', async () => {
    const provider = newProvider();
    const key = await addKey(provider);
    expect(await act('deactivateProviderKey', { providerKeyId: key.id })).toMatchObject({ providerKey: { active: false }, keyPool: { capacity: 0 }, errors: [] });
    expect((await lease(provider, 'r')).ticket).toMatchObject({ reason: 'NO_KEYS', retryAfterMs: null });
    const activated = await act('activateProviderKey', { providerKeyId: key.id });
    expect(activated).toMatchObject({ providerKey: { active: true, activeLeases: 1 }, keyPool: { capacity: 1, waiting: 0 }, errors: [] });
  });

  it('a key that rests is not granted until it has rested or somebody ends its rest', async () => {
    const provider = newProvider();
    const key = await addKey(provider);
    const cooled = (await act('coolDownProviderKey', { providerKeyId: key.id, seconds: 600 })).providerKey;
    expect(cooled).toMatchObject({ active: true, coolDownReason: 'BY_HAND' });
    expect(Date.parse(cooled.coolingDownUntil) - Date.parse(cooled.updatedAt)).toBe(600_000);
    const { ticket } = await lease(provider, 'r');
    expect(ticket.reason).toBe('RPM');
    expect(ticket.retryAfterMs).toBeGreaterThan(0);
    expect(ticket.retryAfterMs).toBeLessThanOrEqual(600_000);
    expect((await act('coolDownProviderKey', { providerKeyId: key.id, seconds: 1 })).providerKey.coolingDownUntil).toBe(cooled.coolingDownUntil);
    expect((await act('recoverProviderKey', { providerKeyId: key.id })).providerKey)
      .toMatchObject({ coolingDownUntil: null, coolDownReason: null, activeLeases: 1 });
  });

  it('an expired key is as good as none', async () => {
    const provider = newProvider();
    await addKey(provider, { expiresAt: new Date(Date.now() - 1_000).toISOString() });
    expect((await lease(provider, 'r')).ticket).toMatchObject({ reason: 'NO_KEYS' });
    expect(await poolOf(provider)).toMatchObject({ capacity: 0, keys: [{ active: true }] });
  });

  it('judges how long a rest may be', async () => {
    const key = await addKey(newProvider());
    for (const seconds of [0, 86_401]) {
      expect((await act('coolDownProviderKey', { providerKeyId: key.id, seconds })).errors).toMatchObject([{ code: 'V1001', path: ['input', 'seconds'] }]);
    }
  });
});

describe('removeProviderKey', () => {
  it('takes a key away with every secret it ever had, once nobody holds it and its name was typed', async () => {
    const provider = newProvider();
    const key = await addKey(provider);
    await act('rotateProviderKey', { providerKeyId: key.id, secret: 'another-sample' });
    const held = await lease(provider, 'r');
    const remove = (confirmation: string) => act('removeProviderKey', { providerKeyId: key.id, confirmation });
    expect((await remove('frist')).errors).toMatchObject([{ code: 'V1001', rule: 'confirmation', path: ['input', 'confirmation'] }]);
    expect((await remove('first')).errors).toMatchObject([{ code: 'B2001', rule: 'provider_key_leased' }]);
    await release(held);
    expect(await remove('first')).toEqual({ removedId: key.id, keyPool: { capacity: 0, keys: [] }, errors: [] });
    await settleSecrets(provider, key);
    expect(await storedRefs(key)).toEqual([]);
    expect((await addKey(provider, { secret: 'another-sample' })).name).toBe('first');
  });
});

describe('revokeLease', () => {
  it('takes a lease away, for the tenant that holds it and for the one whose key it is', async () => {
    const provider = newProvider();
    await addKey(provider, { tenantScope: '*', concurrencyLimit: 2 });
    const held = await lease(provider, 'r');
    const { leaseKey: foreign } = await asOther(LEASE, { input: { provider, requestId: 'r' } });
    expect((await asOther(ACTS.revokeLease!, { input: { leaseId: held.lease.id } })).revokeLease.errors).toMatchObject([{ code: 'E4041', rule: 'lease_unknown' }]);
    expect(await act('revokeLease', { leaseId: foreign.lease.id })).toEqual({ lease: null, keyPool: { activeLeases: 1 }, errors: [] });
    expect(await act('revokeLease', { leaseId: held.lease.id })).toEqual({ lease: { id: held.lease.id, state: 'REVOKED' }, keyPool: { activeLeases: 0 }, errors: [] });
    expect((await beat(held)).errors).toMatchObject([{ rule: 'stale_lease' }]);
    expect((await asOther(BEAT, { input: claim(foreign) })).heartbeatLease.errors).toMatchObject([{ rule: 'stale_lease' }]);
  });
});
