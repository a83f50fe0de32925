import { randomUUID } from 'node:crypto';
import { graphql } from 'graphql';
import { providerKeySecretsReactor, settleProviderKeySecretsTask } from '../../../commands/key-pool/secrets-reactor';
import { parseKlingSecret } from '../../../schema/key-pool/credentials';
import { toGlobalId } from '../../../src/graphql/node';
import type { JobHelpers } from '../../../src/jobs/port';
import { createPoolSetting, type PoolSetting } from './pool-setting';

const SECRET = 'sk-test-not-a-key';
const KEY = `id name lastFour concurrencyLimit rpmLimit priority tenantScope active activeLeases expiresAt coolingDownUntil coolDownReason specified
  permitsLastMinute permitTimes updatedAt`;
const ADD = `mutation ($input: AddProviderKeyInput!) { addProviderKey(input: $input) { providerKey { ${KEY} } errors { code rule path } } }`;
const LEASE = `mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) {
  lease { id holder fencingToken ttlSeconds state lastHeartbeatAt expiresAt providerKey { name } }
  ticket { id place reason retryAfterMs estimatedWaitMs deadline enqueuedAt } secret errors { code rule } } }`;
const BEAT = 'mutation ($input: HeartbeatLeaseInput!) { heartbeatLease(input: $input) { lease { lastHeartbeatAt } errors { code rule } } }';
const RELEASE = 'mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) { keyPool { waiting } errors { code rule } } }';
const POOL = `query ($provider: String!) { keyPool(provider: $provider) {
  activeLeases waiting capacity grantsTotal grantsLastMinute waitP50Ms waitP95Ms keys { ${KEY} }
  leases { id holder state fencingToken providerKey { name } } queue { holder place reason retryAfterMs } } }`;
const LEASE_BY_ID = 'query ($id: ID!) { node(id: $id) { ... on Lease { state } } }';

const payload = (name: string, type: string): string => `mutation ($input: ${type}!) { ${name}(input: $input) {
  providerKey { ${KEY} } keyPool { provider capacity waiting } errors { code rule path } } }`;
const ACTS: Readonly<Record<string, string>> = {
  changeProviderKey: payload('changeProviderKey', 'ChangeProviderKeyInput'),
  rotateProviderKey: payload('rotateProviderKey', 'RotateProviderKeyInput'),
  deactivateProviderKey: payload('deactivateProviderKey', 'DeactivateProviderKeyInput'),
  activateProviderKey: payload('activateProviderKey', 'ActivateProviderKeyInput'),
  coolDownProviderKey: payload('coolDownProviderKey', 'CoolDownProviderKeyInput'),
  recoverProviderKey: payload('recoverProviderKey', 'RecoverProviderKeyInput'),
  removeProviderKey: 'mutation ($input: RemoveProviderKeyInput!) { removeProviderKey(input: $input) { removedId keyPool { capacity keys { name } } errors { code rule path } } }',
  revokeLease: 'mutation ($input: RevokeLeaseInput!) { revokeLease(input: $input) { lease { id state } keyPool { activeLeases } errors { code rule path } } }',
};

let setting: PoolSetting;
beforeAll(async () => {
  setting = await createPoolSetting();
});
afterAll(() => setting.close());

const newProvider = (): string => `vendor-${randomUUID()}`;

async function addKey(provider: string, more: Record<string, unknown> = {}, user?: string): Promise<any> {
  const input = { provider, name: 'first', secret: `${SECRET}-${randomUUID()}`, ...more };
  const { addProviderKey } = await setting.ask(ADD, { input }, user);
  expect(addProviderKey.errors).toEqual([]);
  return addProviderKey.providerKey;
}

const act = async (name: string, input: Record<string, unknown>, user?: string, role?: 'admin') =>
  (await setting.ask(ACTS[name]!, { input }, user, role))[name];
const lease = async (provider: string, requestId: string, more: Record<string, unknown> = {}, user?: string) =>
  (await setting.ask(LEASE, { input: { provider, requestId, ...more } }, user)).leaseKey;
const claim = ({ lease: { id, fencingToken } }: { lease: { id: string; fencingToken: string } }) => ({ leaseId: id, fencingToken });
const release = async (held: Parameters<typeof claim>[0], user?: string) => (await setting.ask(RELEASE, { input: claim(held) }, user)).releaseLease;
const beat = async (held: Parameters<typeof claim>[0], user?: string) => (await setting.ask(BEAT, { input: claim(held) }, user)).heartbeatLease;
const poolOf = async (provider: string) => (await setting.ask(POOL, { provider })).keyPool;

/** As somebody of another tenant. */
async function asOther(source: string, variableValues: Record<string, unknown>): Promise<any> {
  const { data, errors } = await graphql({ schema: setting.schema, source, variableValues, contextValue: setting.context('bob', 'admin', 'b') });
  expect(errors).toBeUndefined();
  return data;
}

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

test('fault 47: a lease is unknown to everybody but its holder, and their attempts are recorded', async () => {
  const provider = newProvider();
  await addKey(provider, { tenantScope: '*' });
  const held = await lease(provider, 'r');
  const before = setting.refused.length;
  expect((await beat(held, 'ben')).errors).toMatchObject([{ code: 'E4041', rule: 'lease_unknown' }]);
  expect((await release(held, 'ben')).errors).toMatchObject([{ code: 'E4041', rule: 'lease_unknown' }]);
  expect((await asOther(RELEASE, { input: claim(held) })).releaseLease.errors).toMatchObject([{ code: 'E4041', rule: 'lease_unknown' }]);
  expect(setting.refused.slice(before).map(({ act }) => act)).toEqual(['heartbeatLease', 'releaseLease', 'releaseLease']);
  expect((await beat(held)).errors).toEqual([]);
});

describe('what of the pool everybody can rely on', () => {
  it('TEST-24: serves from the key of highest priority, then the least loaded, then the one with the most rate left', async () => {
    const provider = newProvider();
    await addKey(provider, { name: 'spare', priority: 0 });
    await addKey(provider, { name: 'wide', priority: 5, concurrencyLimit: 4, rpmLimit: 10 });
    await addKey(provider, { name: 'narrow', priority: 5, concurrencyLimit: 2, rpmLimit: 100 });
    const grants: [string, Awaited<ReturnType<typeof lease>>][] = [];
    for (let n = 0; n < 7; n++) {
      const held = await lease(provider, `r${n}`);
      grants.push([held.lease.providerKey.name, held]);
    }
    const [first, ...rest] = grants.map(([name]) => name);
    expect(['wide', 'narrow']).toContain(first);
    expect(rest.slice(0, 5).sort()).toEqual(['wide', 'wide', 'wide', 'wide', 'narrow', 'narrow'].filter((name, n, all) => n !== all.indexOf(first!)).sort());
    expect(rest[5]).toBe('spare');
    for (const [, held] of grants) await release(held);
    // Equal load: 'narrow' has used the smaller share of its rate.
    expect((await lease(provider, 'again')).lease.providerKey.name).toBe('narrow');

    const shared = newProvider();
    await addKey(shared, { name: 'two', concurrencyLimit: 2 });
    await addKey(shared, { name: 'four', concurrencyLimit: 4 });
    const names: string[] = [];
    for (let n = 0; n < 3; n++) names.push((await lease(shared, `r${n}`)).lease.providerKey.name);
    // Whichever came first: then a half, or two quarters, of each are in use.
    expect(names.sort()).toEqual(['four', 'four', 'two']);
  });

  it('TEST-25: never has more leases on a key than its limit', async () => {
    const provider = newProvider();
    await addKey(provider, { concurrencyLimit: 2 });
    const answers = await Promise.all(['r', 's', 't'].map((requestId) => lease(provider, requestId)));
    expect(answers.filter((answer) => answer.lease)).toHaveLength(2);
    expect(answers.find((answer) => answer.ticket)!.ticket).toMatchObject({ reason: 'CONCURRENCY', place: 1 });
    expect(await poolOf(provider)).toMatchObject({ activeLeases: 2, waiting: 1, keys: [{ activeLeases: 2 }] });
  });

  it('TEST-26: grants no more than the rate in any 60 seconds, and shows the window', async () => {
    const provider = newProvider();
    await addKey(provider, { rpmLimit: 2, concurrencyLimit: 9 });
    const first = await lease(provider, 'r');
    setting.advance(40_000);
    await lease(provider, 's');
    const { ticket } = await lease(provider, 't', { maxWaitSeconds: 600 });
    expect(ticket.reason).toBe('RPM');
    expect(ticket.retryAfterMs).toBeLessThanOrEqual(20_000);
    const full = await poolOf(provider);
    expect(full).toMatchObject({ grantsLastMinute: 2, waiting: 1, keys: [{ permitsLastMinute: 2 }] });
    const [key] = full.keys;
    expect(key.permitTimes).toEqual([...key.permitTimes as string[]].sort((a, b) => Date.parse(a) - Date.parse(b)));
    expect(Date.parse(key.permitTimes[1]) - Date.parse(key.permitTimes[0])).toBeGreaterThanOrEqual(40_000);
    setting.advance(21_000);
    // Whatever happens in the pool serves whoever can be served by now.
    expect(await release(first)).toEqual({ keyPool: { waiting: 0 }, errors: [] });
    expect(await poolOf(provider)).toMatchObject({ grantsTotal: 3, waiting: 0, keys: [{ permitsLastMinute: 2 }] });
  });

  it('TEST-28: opens a key to the tenants of its scope and to nobody else', async () => {
    const provider = newProvider();
    await addKey(provider, { tenantScope: 'b, c', concurrencyLimit: 3 });
    expect((await lease(provider, 'r')).ticket.reason).toBe('NO_KEYS');
    expect((await asOther(LEASE, { input: { provider, requestId: 'r' } })).leaseKey).toMatchObject({ lease: { holder: 'bob', providerKey: null }, errors: [] });
    expect((await asOther(POOL, { provider })).keyPool).toMatchObject({ capacity: 3, activeLeases: 1, keys: [] });
    expect(await poolOf(provider)).toMatchObject({ capacity: 0, activeLeases: 0, waiting: 1, leases: [] });

    await addKey(provider, { name: 'of others', tenantScope: 'a', priority: 9, concurrencyLimit: 2 });
    const { leaseKey } = await asOther(LEASE, { input: { provider, requestId: 's' } });
    expect(leaseKey).toMatchObject({ lease: { holder: 'bob' }, errors: [] });
    const pool = await poolOf(provider);
    expect(pool).toMatchObject({ capacity: 2, activeLeases: 1, waiting: 0, leases: [{ holder: 'anna', providerKey: { name: 'of others' } }] });
    // The other tenant has a free place on a key of higher priority before its eyes, and does not get it.
    expect(pool.keys.find(({ name }: { name: string }) => name === 'of others')).toMatchObject({ activeLeases: 1 });
  });

  it('TEST-31: shows each lease with a time to live of its own, and says when it was last in use', async () => {
    const provider = newProvider();
    await addKey(provider, { concurrencyLimit: 2 });
    const [long, short] = [await lease(provider, 'r', { ttlSeconds: 120 }), await lease(provider, 's', { ttlSeconds: 60 })];
    for (const { lease: { lastHeartbeatAt, expiresAt, ttlSeconds, state } } of [long, short]) {
      expect(state).toBe('ACTIVE');
      expect(Date.parse(expiresAt) - Date.parse(lastHeartbeatAt)).toBe(ttlSeconds * 1_000);
    }
    await setting.db.query(`update lease_beat set seen_at = seen_at - interval '90 seconds' where provider = $1`, [provider]);
    const keeper = setting.startKeeper();
    // By its own TTL only the shorter one may end. A keeper counts from its own start on, so nothing ends at once.
    expect((await beat(long)).errors).toEqual([]);
    await keeper.stop();
    expect(await poolOf(provider)).toMatchObject({ activeLeases: 2 });
  });

  it('TEST-35: tells every reason to wait', async () => {
    const reasonIn = async (...keys: Record<string, unknown>[]): Promise<string> => {
      const provider = newProvider();
      for (const [n, key] of keys.entries()) await addKey(provider, { name: `key ${n}`, ...key });
      for (let n = 0; n < 9; n++) {
        const { ticket } = await lease(provider, `r${n}`);
        if (ticket) return ticket.reason;
      }
      throw new Error('Everybody was served');
    };
    expect(await reasonIn({ tenantScope: 'b' })).toBe('NO_KEYS');
    expect(await reasonIn({ rpmLimit: 1, concurrencyLimit: 2 })).toBe('RPM');
    expect(await reasonIn({})).toBe('CONCURRENCY');
    expect(await reasonIn({ rpmLimit: 1 })).toBe('CONCURRENCY_AND_RPM');
    expect(await reasonIn({}, { rpmLimit: 1, concurrencyLimit: 2 })).toBe('MIXED');
  });

  it('TEST-82: shows leases and who waits with key, holder and heartbeat, and no secret anywhere', async () => {
    const provider = newProvider();
    const secret = `${SECRET}-${provider}`;
    await addKey(provider, { secret });
    await lease(provider, 'r', {}, 'ben');
    await lease(provider, 's', {}, 'bea');
    const pool = await poolOf(provider);
    expect(pool).toMatchObject({
      leases: [{ holder: 'ben', state: 'ACTIVE', fencingToken: '1', providerKey: { name: 'first' } }],
      queue: [{ holder: 'bea', place: 1, reason: 'CONCURRENCY' }],
    });
    const events = [];
    for await (const { data, metadata } of setting.store.readStream(`keyPool-${provider}`)) events.push({ data, metadata });
    const rows = await Promise.all(['key_pools', 'provider_keys', 'leases', 'wait_tickets'].map((table) =>
      setting.db.query(`select * from views.${table} where provider = $1`, [provider])));
    expect(JSON.stringify([pool, events, rows])).not.toContain(secret);
  });

  it('shows how long requests waited, and estimates how long one will', async () => {
    const provider = newProvider();
    const key = await addKey(provider);
    let held = await lease(provider, 'r0', { maxWaitSeconds: 3_600 });
    expect(await poolOf(provider)).toMatchObject({ waitP50Ms: 0, waitP95Ms: 0 });
    expect((await lease(provider, 'r1', { maxWaitSeconds: 3_600 })).ticket.estimatedWaitMs).toBeNull();
    setting.advance(30_000);
    await release(held);
    held = await lease(provider, 'r1');
    const waits = (await poolOf(provider));
    expect(waits.waitP50Ms).toBe(0);
    expect(waits.waitP95Ms).toBeGreaterThanOrEqual(30_000);
    const [second, third] = [await lease(provider, 'r2'), await lease(provider, 'r3')];
    for (const [{ ticket }, place] of [[second, 1], [third, 2]] as const) {
      expect(ticket.place).toBe(place);
      expect(ticket.estimatedWaitMs).toBeGreaterThanOrEqual(30_000 * place);
      expect(ticket.estimatedWaitMs).toBeLessThan(90_000 * place);
      expect(Date.parse(ticket.deadline) - Date.parse(ticket.enqueuedAt)).toBe(60_000);
    }
    await act('coolDownProviderKey', { providerKeyId: key.id, seconds: 3_600 });
    await release(held);
    expect((await lease(provider, 'r2')).ticket.estimatedWaitMs).toBeGreaterThan(3_500_000);
  });
});
