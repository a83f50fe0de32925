import { randomUUID } from 'node:crypto';
import { graphql } from 'graphql';
import { keyPool } from '../../../commands/key-pool/decider';
import { applyPoolSpecification } from '../../../commands/key-pool/specification';
import { ensureSimulatedPool } from '../../../commands/key-pool/simulated-pools';
import { tenant } from '../../../commands/tenant/decider';
import { tenantIdOf } from '../../../commands/tenant/tenant-id';
import { klingSecret } from '../../../schema/key-pool/credentials';
import { DEFAULT_SLUG } from '../../../schema/tenant/events';
import { ConfigurationError, readConfiguration } from '../../../src/configuration';
import type { Log } from '../../../src/postgres/log';
import type { Vault } from '../../../src/vault/port';
import { eventuallyHolds } from '../../support/eventually';
import { createPoolSetting, type PoolSetting } from './pool-setting';

const OWNER = tenantIdOf(DEFAULT_SLUG);
const SECRET = 'sk-test-not-a-key';

let setting: PoolSetting;
let warnings: object[];
beforeAll(async () => {
  setting = await createPoolSetting();
});
beforeEach(() => {
  warnings = [];
});
afterAll(() => setting.close());

const newProvider = (): string => `vendor-${randomUUID()}`;
const keyPoolsOf = (env: Record<string, string>) => readConfiguration(env).keyPools;
const keysOf = (pools: object) => keyPoolsOf({ KEY_POOL_JSON: JSON.stringify(pools) }).keys;

/** As every start of a server does. */
async function start(pools: object, env: Record<string, string> = {}, vault: Vault = setting.vault): Promise<void> {
  const { commands, db } = setting;
  const log = { warn: (what: object) => void warnings.push(what) } as unknown as Log;
  await applyPoolSpecification({ commands, vault, db, log, clock: () => new Date() }, keyPoolsOf({ KEY_POOL_JSON: JSON.stringify(pools), ...env }));
}

/** Starts of servers each of which has its one new key in the vault before any of them has it in the pool. */
async function startTogether(...all: readonly object[]): Promise<void> {
  const { vault } = setting;
  let missing = all.length;
  let arrive = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  let turn = Promise.resolve();
  const putSecret: Vault['putSecret'] = async (place, secret) => {
    turn = turn.then(() => vault.putSecret(place, secret));
    await turn;
    if (--missing === 0) arrive();
    await arrived;
  };
  await Promise.all(all.map((pools) => start(pools, {}, { ...vault, putSecret })));
}

const poolOf = (provider: string) => setting.commands.load(keyPool, provider);
const stateOf = async (provider: string) => [...(await poolOf(provider)).state.keys.values()]
  .map(({ name, concurrencyLimit, window, priority, tenantScope, deactivated, expiresAt, specified }) =>
    ({ name, concurrencyLimit, rpmLimit: window.limit === Infinity ? null : window.limit, priority, tenantScope, deactivated, expiresAt, specified }));
const secretsOf = async (provider: string): Promise<(string | undefined)[]> =>
  Promise.all([...(await poolOf(provider)).state.keys.values()].map(({ secretRef }) =>
    setting.vault.getSecret({ tenant: OWNER, ref: secretRef.slice(OWNER.length + 1), field: 'secret' })));
const entry = (name: string, more: object = {}) => ({ name, api_key: `${SECRET}-${name}`, ...more });
const plain = {
  concurrencyLimit: 1, rpmLimit: null, priority: 0, tenantScope: '*', deactivated: undefined, expiresAt: Infinity, specified: true,
};

describe('KEY_POOL_JSON', () => {
  it('TEST-20: describes keys of every vendor, with defaults', () => {
    expect(keysOf({
      legnext: [{ name: 'mj', api_key: SECRET, concurrency_limit: 0, rpm_limit: 30, priority: 2, tenant_scope: 'a,b', is_active: false, expires_at: '2030-01-01T00:00:00' }],
      kling: [{ name: 'k', access_key: 'access', secret_key: 'half' }],
      other: [{ name: 'json', key_payload: { user: 'u', token: ['t'] } }, { name: 'text', key_payload: 'any text' }, { name: 'key', api_key: SECRET, tenant_scope: '' }],
    })).toEqual([
      { provider: 'legnext', name: 'mj', secret: SECRET, concurrencyLimit: 1, rpmLimit: 30, priority: 2, tenantScope: 'a,b', active: false, expiresAt: Date.UTC(2030, 0, 1) },
      { provider: 'kling', name: 'k', secret: klingSecret('access', 'half'), concurrencyLimit: 1, rpmLimit: null, priority: 0, tenantScope: '*', active: true, expiresAt: null },
      ...[['json', '{"user":"u","token":["t"]}'], ['text', 'any text'], ['key', SECRET]].map(([name, secret]) =>
        ({ provider: 'other', name, secret, concurrencyLimit: 1, rpmLimit: null, priority: 0, tenantScope: '*', active: true, expiresAt: null })),
    ]);
  });

  it('TEST-20: leaves out entries without a name or without credentials', () => {
    const { keys, skipped } = keyPoolsOf({ KEY_POOL_JSON: JSON.stringify({
      legnext: [{ api_key: SECRET }, entry('good'), { name: 'bare' }], kling: [{ name: 'half', access_key: 'only' }, { name: 'key', api_key: SECRET }],
    }) });
    expect(keys.map(({ name }) => name)).toEqual(['good']);
    expect(skipped).toEqual([
      { provider: 'legnext', index: 0 }, { provider: 'legnext', index: 2 }, { provider: 'kling', index: 0 }, { provider: 'kling', index: 1 },
    ]);
  });

  it('TEST-20: is refused with every fault and no value of it', () => {
    const faultsOf = (text: string): readonly string[] => {
      try {
        readConfiguration({ KEY_POOL_JSON: text });
      } catch (error) {
        if (error instanceof ConfigurationError) return error.faults;
        throw error;
      }
      return [];
    };
    expect(faultsOf(`{ "legnext": "${SECRET}`)).toEqual(['KEY_POOL_JSON: is not valid JSON']);
    expect(faultsOf('[]')).toEqual(['KEY_POOL_JSON: must be an object: vendor to list of keys']);
    const faults = faultsOf(JSON.stringify({
      legnext: [entry('a', { rpm_limit: -1, expires_at: SECRET }), entry('a')], 'Not A Name': [], kling: { name: SECRET }, other: [entry('b', { tenant_scop: SECRET })],
    }));
    const places = ['legnext.0.rpm_limit', 'legnext.0.expires_at', 'Not A Name', 'kling', 'other.0'];
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(expect.arrayContaining(places.map((place) => `KEY_POOL_JSON.${place}`)));
    expect(faults.join()).not.toContain(SECRET);
    expect(faultsOf(JSON.stringify({ legnext: [entry('a'), entry('a')] }))).toEqual(['KEY_POOL_JSON.legnext.1.name: another key of this vendor has this name']);
  });

  it('TEST-21: gives way to single keys of vendors that it does not name', () => {
    const env = { MJ_API_KEY: SECRET, KLING_ACCESS_KEY: 'access', KLING_SECRET_KEY: 'half' };
    const single = { concurrencyLimit: 1, rpmLimit: 60, priority: 0, tenantScope: '*', active: true, expiresAt: null };
    expect(keyPoolsOf(env).keys).toEqual([
      { provider: 'legnext', name: 'legnext-1', secret: SECRET, ...single },
      { provider: 'kling', name: 'kling-1', secret: klingSecret('access', 'half'), ...single },
    ]);
    expect(keyPoolsOf({ ...env, KEY_POOL_JSON: JSON.stringify({ legnext: [entry('a')] }) }).keys.map(({ name }) => name)).toEqual(['a', 'kling-1']);
    expect(() => readConfiguration({ KLING_ACCESS_KEY: 'access' })).toThrow('KLING_ACCESS_KEY and KLING_SECRET_KEY: set both or neither');
  });
});

describe('at every start', () => {
  it('TEST-20: keys are added once, by however many nodes', async () => {
    const provider = newProvider();
    const pools = { [provider]: [entry('a', { rpm_limit: 5 }), entry('b', { concurrency_limit: 3, is_active: false })] };
    await Promise.all([start(pools), start(pools)]);
    expect(await stateOf(provider)).toEqual([
      { ...plain, name: 'a', rpmLimit: 5 }, { ...plain, name: 'b', concurrencyLimit: 3, deactivated: 'left_specification' },
    ]);
    expect(await secretsOf(provider)).toEqual([`${SECRET}-a`, `${SECRET}-b`]);
    const { revision } = await poolOf(provider);
    await start(pools);
    expect((await poolOf(provider)).revision).toBe(revision);
    expect(warnings).toEqual([]);
  });

  it('TEST-20: changed keys are changed, and rotated when their secret is another', async () => {
    const provider = newProvider();
    await start({ [provider]: [entry('a', { rpm_limit: 5, expires_at: '2030-01-01' })] });
    const changed = { [provider]: [entry('a', { api_key: 'another-sample', priority: 4 })] };
    await Promise.all([start(changed), start(changed)]);
    expect(await stateOf(provider)).toEqual([{ ...plain, name: 'a', priority: 4 }]);
    expect(await secretsOf(provider)).toEqual(['another-sample']);
    expect(warnings).toEqual([]);
  });

  it('TEST-20: nodes that start at the same time with different secrets leave the pool with the secret that its log knows', async () => {
    const provider = newProvider();
    const [one, other] = ['one-sample', 'other-sample'].map((api_key, n) => ({ [provider]: [entry('a', { api_key, priority: n })] }));
    await startTogether(one!, other!);
    const { state } = await poolOf(provider);
    const [key] = state.keys.values();
    const [secret] = await secretsOf(provider);
    expect(setting.vault.fingerprint('provider-key', secret!)).toBe(key!.fingerprint);
    // Each start applies its own, whoever was first.
    for (const [pools, n] of [[one!, 0], [other!, 1]] as const) {
      await start(pools);
      expect(await secretsOf(provider)).toEqual([['one-sample', 'other-sample'][n]]);
      expect(await stateOf(provider)).toEqual([{ ...plain, name: 'a', priority: n }]);
    }
    expect(warnings).toEqual([]);
  });

  it('TEST-20: a node whose key is refused leaves the secret of the key that another one adds', async () => {
    const provider = newProvider();
    await start({ [provider]: [entry('first')] });
    // The same secret as that of the first key: refused, unlike the one of the other node.
    await startTogether({ [provider]: [entry('first'), entry('a', { api_key: `${SECRET}-first` })] }, { [provider]: [entry('first'), entry('a')] });
    expect(await secretsOf(provider)).toEqual([`${SECRET}-first`, `${SECRET}-a`]);
    expect(warnings).toMatchObject([{ provider, key: 'a', rule: 'provider_key_known' }]);
  });

  it('TEST-20: keys that vanish are deactivated, and activated when they come back', async () => {
    const provider = newProvider();
    const both = { [provider]: [entry('a'), entry('b')] };
    const deactivated = async () => (await stateOf(provider)).map((key) => key.deactivated);
    await start(both);
    await start({ [provider]: [entry('b')] });
    expect(await deactivated()).toEqual(['left_specification', undefined]);
    await start(both);
    expect(await deactivated()).toEqual([undefined, undefined]);
    await eventuallyHolds(async () =>
      expect(await setting.db.query('select 1 from views.provider_keys where provider = $1', [provider])).toHaveLength(2));
    await start({});
    expect(await deactivated()).toEqual(['left_specification', 'left_specification']);
  });

  it('TEST-20: a key that somebody deactivated by hand stays so, and keys that somebody added are left alone', async () => {
    const provider = newProvider();
    const pools = { [provider]: [entry('a')] };
    await start(pools);
    const [id] = (await poolOf(provider)).state.keys.keys();
    const as = async (document: string, input: object) => graphql({
      schema: setting.schema, source: document, variableValues: { input }, contextValue: setting.context('anna', 'owner', OWNER),
    });
    await eventuallyHolds(async () => expect((await as('mutation ($input: DeactivateProviderKeyInput!) { deactivateProviderKey(input: $input) { errors { rule } providerKey { specified } } }',
      { providerKeyId: Buffer.from(`ProviderKey:${id}`).toString('base64url') })).data).toEqual({ deactivateProviderKey: { errors: [], providerKey: { specified: true } } }));
    await as('mutation ($input: AddProviderKeyInput!) { addProviderKey(input: $input) { errors { rule } } }', { provider, name: 'by hand', secret: 'another-sample' });
    await start(pools);
    expect((await stateOf(provider)).map(({ name, deactivated, specified }) => [name, deactivated, specified])).toEqual([
      ['a', 'by_hand', true], ['by hand', undefined, false],
    ]);
    await start({ [provider]: [entry('a'), entry('by hand')] });
    expect(warnings).toMatchObject([{ provider, key: 'by hand', rule: 'provider_key_name_taken' }]);
  });

  it('TEST-20: a key that is given another name stays the same key', async () => {
    const provider = newProvider();
    await start({ [provider]: [entry('a')] });
    const before = [...(await poolOf(provider)).state.keys.keys()];
    for (const _ of [1, 2]) {
      await start({ [provider]: [entry('b', { api_key: `${SECRET}-a` })] });
      expect([...(await poolOf(provider)).state.keys.keys()]).toEqual(before);
      expect((await stateOf(provider)).map(({ name, deactivated }) => [name, deactivated])).toEqual([['b', undefined]]);
    }
    await start({ [provider]: [entry('b', { api_key: `${SECRET}-a` }), entry('a', { api_key: 'another-sample' })] });
    expect((await stateOf(provider)).map(({ name }) => name)).toEqual(['b', 'a']);
    expect(warnings).toEqual([]);
  });

  it('TEST-28: a scope names tenants by slug or by id', async () => {
    const provider = newProvider();
    const [slug, tenantId] = [`school-${randomUUID().slice(0, 8)}`, randomUUID()];
    const command = { commandId: randomUUID(), correlationId: 'test', causationId: 'test', actor: { kind: 'system', id: 'test' }, tenant: tenantId } as const;
    await setting.commands.execute(tenant, tenantId, { type: 'CreateTenant', tenantId, slug, name: 'School' }, command);
    await start({ [provider]: [entry('a', { tenant_scope: `${slug}, ${tenantId}` })] });
    expect(await stateOf(provider)).toMatchObject([{ tenantScope: `${tenantIdOf(slug)},${tenantId}` }]);
  });

  it('TEST-20: entries that are left out are named, and never their values', async () => {
    const provider = newProvider();
    await start({ [provider]: [{ api_key: SECRET }] });
    expect(warnings).toEqual([{ provider, entry: 0 }]);
  });
});

describe('the pools of simulated vendors', () => {
  it('are made once, with two keys for everybody', async () => {
    const { commands, vault } = setting;
    for (const provider of ['legnext-simulated', 'kling-simulated']) {
      const ensure = () => ensureSimulatedPool({ commands, vault, now: () => new Date() }, provider);
      await Promise.all([ensure(), ensure()]);
      await ensure();
      const keys = (await stateOf(provider)).sort((a, b) => a.name.localeCompare(b.name));
      expect(keys).toEqual(['mock-1', 'mock-2'].map((name) => ({ ...plain, name, concurrencyLimit: 4, rpmLimit: 600, specified: false })));
      expect((await poolOf(provider)).revision).toBe(1n);
    }
    expect(await secretsOf('kling-simulated')).toContain(klingSecret('simulated-mock-1', 'simulated-mock-1'));
  });

  it('are only those that there are', async () => {
    const { commands, vault } = setting;
    await expect(ensureSimulatedPool({ commands, vault, now: () => new Date() }, 'nobody-simulated')).rejects.toThrow('no simulated vendor');
  });
});
