import { randomUUID } from 'node:crypto';
import { graphql } from 'graphql';
import type { PoolSetting } from './pool-setting';

const KEY = `id name lastFour concurrencyLimit rpmLimit priority tenantScope active activeLeases expiresAt coolingDownUntil coolDownReason specified
  permitsLastMinute permitTimes updatedAt`;
export const ADD = `mutation ($input: AddProviderKeyInput!) { addProviderKey(input: $input) { providerKey { ${KEY} } errors { code rule path } } }`;
export const LEASE = `mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) {
  lease { id holder fencingToken ttlSeconds state lastHeartbeatAt expiresAt providerKey { name } }
  ticket { id place reason retryAfterMs estimatedWaitMs deadline enqueuedAt } secret errors { code rule } } }`;
export const BEAT = 'mutation ($input: HeartbeatLeaseInput!) { heartbeatLease(input: $input) { lease { lastHeartbeatAt } errors { code rule } } }';
export const RELEASE = 'mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) { keyPool { waiting } errors { code rule } } }';
export const POOL = `query ($provider: String!) { keyPool(provider: $provider) {
  activeLeases waiting capacity grantsTotal grantsLastMinute waitP50Ms waitP95Ms keys { ${KEY} }
  leases { id holder state fencingToken providerKey { name } } queue { holder place reason retryAfterMs } } }`;

const payload = (name: string, type: string): string => `mutation ($input: ${type}!) { ${name}(input: $input) {
  providerKey { ${KEY} } keyPool { provider capacity waiting } errors { code rule path } } }`;
export const ACTS: Readonly<Record<string, string>> = {
  changeProviderKey: payload('changeProviderKey', 'ChangeProviderKeyInput'),
  rotateProviderKey: payload('rotateProviderKey', 'RotateProviderKeyInput'),
  deactivateProviderKey: payload('deactivateProviderKey', 'DeactivateProviderKeyInput'),
  activateProviderKey: payload('activateProviderKey', 'ActivateProviderKeyInput'),
  coolDownProviderKey: payload('coolDownProviderKey', 'CoolDownProviderKeyInput'),
  recoverProviderKey: payload('recoverProviderKey', 'RecoverProviderKeyInput'),
  removeProviderKey: 'mutation ($input: RemoveProviderKeyInput!) { removeProviderKey(input: $input) { removedId keyPool { capacity keys { name } } errors { code rule path } } }',
  revokeLease: 'mutation ($input: RevokeLeaseInput!) { revokeLease(input: $input) { lease { id state } keyPool { activeLeases } errors { code rule path } } }',
};

/** As a payload names it. */
interface Held {
  lease: { id: string; fencingToken: string };
}

export const secretOf = (name: string): string => `sk-test-not-a-key-${name}`;
export const newProvider = (): string => `vendor-${randomUUID()}`;
export const claim = ({ lease: { id, fencingToken } }: Held) => ({ leaseId: id, fencingToken });

/** What operators and holders do in a pool over the API, and what it answers. @param setting there once a test runs */
export function poolActs(setting: () => PoolSetting) {
  const ask = (document: string, input: Record<string, unknown>, user?: string, role?: 'admin') => setting().ask(document, { input }, user, role);
  async function addKey(provider: string, more: Record<string, unknown> = {}, user?: string): Promise<any> {
    const { addProviderKey } = await ask(ADD, { provider, name: 'first', secret: secretOf(randomUUID()), ...more }, user);
    expect(addProviderKey.errors).toEqual([]);
    return addProviderKey.providerKey;
  }
  return {
    addKey,
    /** A pool with one key, whose secret is `secretOf` the pool. */
    async newPool(key: Record<string, unknown> = {}): Promise<string> {
      const provider = newProvider();
      await addKey(provider, { secret: secretOf(provider), ...key });
      return provider;
    },
    /** One of ACTS. */
    act: async (name: string, input: Record<string, unknown>, user?: string, role?: 'admin') => (await ask(ACTS[name]!, input, user, role))[name],
    lease: async (provider: string, requestId: string, more: Record<string, unknown> = {}, user?: string) =>
      (await ask(LEASE, { provider, requestId, ...more }, user)).leaseKey,
    release: async (held: Held, user?: string) => (await ask(RELEASE, claim(held), user)).releaseLease,
    beat: async (held: Held, user?: string) => (await ask(BEAT, claim(held), user)).heartbeatLease,
    poolOf: async (provider: string) => (await setting().ask(POOL, { provider })).keyPool,
    /** As somebody of another tenant. */
    async asOther(source: string, variableValues: Record<string, unknown>, tenant = 'b'): Promise<any> {
      const { schema, context } = setting();
      const { data, errors } = await graphql({ schema, source, variableValues, contextValue: context('bob', 'admin', tenant) });
      expect(errors).toBeUndefined();
      return data;
    },
  };
}
