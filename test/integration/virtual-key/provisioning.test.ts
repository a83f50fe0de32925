import { randomBytes, randomUUID } from 'node:crypto';
import { keyAlias, keyAliasId } from '../../../commands/key-alias/decider';
import { virtualKey } from '../../../commands/virtual-key/decider';
import { secretPlace, type ProvisionJob, type ProvisioningServices } from '../../../commands/virtual-key/provisioning';
import { provisionKeysReactor, provisionVirtualKeyTask } from '../../../commands/virtual-key/reactor';
import type { VirtualKeyEvent } from '../../../schema/virtual-key/events';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore, RecordedEvent } from '../../../src/event-store/port';
import type { Projected } from '../../../src/projection-runtime/projector';
import type { NewLiteLlmKey } from '../../../src/upstreams/litellm';
import { createVault, type ErasingVault } from '../../../src/vault/vault';
import { deactivateUser, grantTenant, logUser } from '../../support/some-user';
import { migratedDatabase } from '../vault/migrated-database';

type Generated = Awaited<ReturnType<ProvisioningServices['litellm']['generateKey']>>;

const TENANT = 't1';
const SECRET = 'sk-test-not-a-key';
const MAX_ATTEMPTS = 5;
const success = { ok: true, tokenHash: 'h1', expires: null } as const;
const down: Generated = { ok: false, retryable: true, reason: 'No answer from LiteLLM (refused)' };
const refused: Generated = { ok: false, retryable: false, reason: 'LiteLLM answered 400: alias exists' };

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let vault: ErasingVault;
let store: EventStore;
let commands: CommandRuntime;

beforeAll(async () => {
  database = await migratedDatabase();
  vault = await createVault({ pool: database.pool, masterKey: randomBytes(32) });
});
afterAll(() => database.close());
beforeEach(async () => {
  store = createInMemoryEventStore();
  commands = createCommandRuntime({ store });
  await logUser(commands, { userId: 'u1', tenantId: TENANT });
  await logUser(commands, { userId: 'admin', tenantId: TENANT, role: 'admin' });
});
afterEach(async () => {
  await commands.close();
  await store.close();
});

const command = (): CommandContext => {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'user', id: 'admin' }, tenant: TENANT };
};

/** A key as `issueKey` leaves it, and the job that its event asks for. */
async function requestKey({ models = ['gpt-4o-mini'] } = {}): Promise<{ keyId: string; job: ProvisionJob; aliasId: string }> {
  const keyId = randomUUID();
  const aliasId = keyAliasId(vault.fingerprint, TENANT, 'laptop');
  await vault.putSecret(secretPlace(TENANT, keyId), SECRET);
  await commands.execute(keyAlias, aliasId, { type: 'ClaimKeyAlias', keyId }, command());
  await commands.execute(virtualKey, keyId, {
    type: 'IssueKey',
    request: {
      keyId, keyAlias: 'laptop', ownerId: 'u1', models, maxBudget: '10.000000', budgetDuration: '30d', rpmLimit: 60, tpmLimit: null,
      maxParallelRequests: 0, duration: null, lastFour: SECRET.slice(-4), fingerprint: 'f1', secretRef: keyId, simulated: true,
    },
  }, command());
  const [recorded] = await eventsOf(keyId);
  const event = { ...recorded, at: recorded } as unknown as Projected<VirtualKeyEvent>;
  const [asked] = provisionKeysReactor.react([event]);
  return { keyId, aliasId, job: asked!.payload as ProvisionJob };
}

async function eventsOf(keyId: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(`virtualKey-${keyId}`)) events.push(event);
  return events;
}

const typesOf = async (keyId: string): Promise<string[]> => (await eventsOf(keyId)).map(({ type }) => type);
const standingOf = async (keyId: string): Promise<unknown> => (await commands.load(virtualKey, keyId)).state;

/** LiteLLM that answers as told, then as told last. */
function liteLlm(...answers: Generated[]) {
  const asked: NewLiteLlmKey[] = [];
  const deleted: string[] = [];
  return {
    asked,
    deleted,
    generateKey: async (key: NewLiteLlmKey): Promise<Generated> => {
      asked.push(key);
      return answers[Math.min(asked.length, answers.length) - 1]!;
    },
    deleteKey: async (tokenHash: string) => {
      deleted.push(tokenHash);
      return { ok: true as const, existed: false };
    },
  };
}

function run(litellm: ProvisioningServices['litellm'], job: ProvisionJob, attempt: number, through = commands): Promise<void> {
  const task = provisionVirtualKeyTask({ commands: through, vault, litellm });
  return task(job, { jobId: '1', attempt, maxAttempts: MAX_ATTEMPTS, signal: new AbortController().signal });
}

describe('provision_keys', () => {
  it('asks for one job a requested key, as part of its story', async () => {
    const { keyId, job } = await requestKey();
    const [event] = await eventsOf(keyId);
    expect(job).toEqual({ tenant: TENANT, eventId: event!.id, correlationId: event!.metadata.$correlationId, keyId, issuedBy: { kind: 'user', id: 'admin' } });
    expect(JSON.stringify(job)).not.toContain(SECRET);
  });
});

describe('provision-virtual-key', () => {
  it('brings the key to LiteLLM with all its limits and records it', async () => {
    const { keyId, job } = await requestKey();
    const litellm = liteLlm(success);
    await run(litellm, job, 1);
    expect(litellm.asked).toEqual([{
      key: SECRET, keyAlias: 'laptop', userId: 'u1', models: ['gpt-4o-mini'], maxBudget: '10.000000', budgetDuration: '30d', rpmLimit: 60,
      tpmLimit: null, maxParallelRequests: 0, duration: null, metadata: { keyledger_id: keyId },
    }]);
    const [requested, provisioned] = await eventsOf(keyId);
    expect(provisioned).toMatchObject({
      type: 'VirtualKeyProvisioned', data: { keyId, tokenHash: 'h1', expiresAt: null },
      metadata: { actor: { kind: 'system', id: 'provision_keys' }, tenant: TENANT, $causationId: requested!.id, $correlationId: requested!.metadata.$correlationId },
    });
  });

  it.each([
    ['2026-04-01T00:00:00Z', '2026-04-01T00:00:00.000Z'],
    ['2026-04-01 02:00:00.123456+02:00', '2026-04-01T00:00:00.123Z'],
    ['2026-04-01T00:00:00', '2026-04-01T00:00:00.000Z'],
    ['some day', null],
  ])('understands that a key expires at %s', async (expires, expiresAt) => {
    const { keyId, job } = await requestKey();
    await run(liteLlm({ ...success, expires }), job, 1);
    expect((await eventsOf(keyId)).at(-1)!.data).toMatchObject({ expiresAt });
  });

  it('asks for no model rather than for every model when the list is empty', async () => {
    const { job } = await requestKey({ models: [] });
    const litellm = liteLlm(success);
    await run(litellm, job, 1);
    expect(litellm.asked[0]!.models).toEqual(['no-default-models']);
  });

  it('stays pending with the failure recorded once while LiteLLM is down, then succeeds', async () => {
    const { keyId, job } = await requestKey();
    const litellm = liteLlm(down, down, success);
    await expect(run(litellm, job, 1)).rejects.toThrow('No answer from LiteLLM');
    expect(await standingOf(keyId)).toMatchObject({ standing: 'pending', failure: down.reason });
    await expect(run(litellm, job, 2)).rejects.toThrow('No answer from LiteLLM');
    await run(litellm, job, 3);
    expect(await standingOf(keyId)).toMatchObject({ standing: 'active', failure: undefined });
    expect(await typesOf(keyId)).toEqual(['VirtualKeyRequested', 'VirtualKeyProvisioningFailed', 'VirtualKeyProvisioned']);
  });

  it('fails for good at a plain no, frees the alias and forgets the secret', async () => {
    const { keyId, aliasId, job } = await requestKey();
    const litellm = liteLlm(refused);
    await run(litellm, job, 1);
    expect(await standingOf(keyId)).toMatchObject({ standing: 'failed', failure: refused.reason });
    expect((await commands.load(keyAlias, aliasId)).state).toEqual({ keyId: undefined });
    expect(await vault.getSecret(secretPlace(TENANT, keyId))).toBeUndefined();
    expect(litellm.deleted).toHaveLength(1);
  });

  it('fails for good at the last try', async () => {
    const { keyId, job } = await requestKey();
    await run(liteLlm(down), job, MAX_ATTEMPTS);
    expect(await standingOf(keyId)).toMatchObject({ standing: 'failed', failure: down.reason });
  });

  it.each([
    ['whoever gets it was deactivated', () => deactivateUser(commands, { userId: 'u1', tenantId: TENANT })],
    ['whoever issued it was deactivated', () => deactivateUser(commands, { userId: 'admin', tenantId: TENANT })],
    ['its model was taken away', () => grantTenant(commands, TENANT, { models: ['another'] })],
    ['virtual keys were switched off', () => grantTenant(commands, TENANT, { features: ['chat'] })],
  ])('brings no key to LiteLLM when %s meanwhile', async (_what, meanwhile) => {
    const { keyId, job } = await requestKey();
    await meanwhile();
    const litellm = liteLlm(success);
    await run(litellm, job, 1);
    expect(litellm.asked).toEqual([]);
    expect(await standingOf(keyId)).toMatchObject({ standing: 'failed', failure: expect.stringContaining('may no longer') });
  });

  it('keeps the alias while the key may still be in LiteLLM', async () => {
    const { keyId, aliasId, job } = await requestKey();
    const litellm = { ...liteLlm(refused), deleteKey: async () => ({ ok: false as const, retryable: true, reason: 'down' }) };
    await expect(run(litellm, job, 1)).rejects.toThrow('may still be in LiteLLM');
    expect(await standingOf(keyId)).toMatchObject({ standing: 'failed' });
    expect((await commands.load(keyAlias, aliasId)).state).toEqual({ keyId });

    const back = liteLlm(success);
    await run(back, job, 2);
    expect(back.asked).toEqual([]);
    expect((await commands.load(keyAlias, aliasId)).state).toEqual({ keyId: undefined });
  });

  it('has one effect when it dies between LiteLLM and the log, or after the log', async () => {
    const { keyId, job } = await requestKey();
    const litellm = liteLlm(success);
    const dying: CommandRuntime = { ...commands, execute: () => Promise.reject(new Error('killed')) };
    await expect(run(litellm, job, 1, dying)).rejects.toThrow('killed');
    await run(litellm, job, 2);
    await run(litellm, job, 3);
    expect(litellm.asked).toHaveLength(2);
    expect(new Set(litellm.asked.map(({ key }) => key))).toEqual(new Set([SECRET]));
    expect(await typesOf(keyId)).toEqual(['VirtualKeyRequested', 'VirtualKeyProvisioned']);
  });
});
