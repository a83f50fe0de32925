import fc from 'fast-check';
import { refusedActs, type RefusedActCommand } from '../../../commands/refused-act/decider';
import { createRefusalRecorder, OF_A_CALLER, OF_STRANGERS } from '../../../commands/refused-act/recorder';
import { createShares, type Share } from '../../../commands/refused-act/share';
import { subjectsOf } from '../../../commands/refused-act/subjects';
import { tenantIdOf } from '../../../commands/tenant/tenant-id';
import type { Refusal } from '../../../schema/errors/catalogue';
import type { Principal } from '../../../src/auth/principal';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import { toGlobalId } from '../../../src/graphql/node';
import type { Vault } from '../../../src/vault/port';
import { collect } from '../../support/events';
import { person, service } from '../../support/principals';
import { sealedText } from '../../support/sealed';
import { specification } from '../../support/specification';

describe('the decider', () => {
  const command: RefusedActCommand = { type: 'RecordRefusal', act: 'assignRole', code: 'E4031', rule: 'role', subjects: ['u1'], address: null, unrecorded: 0 };

  test('writes down what happened, as often as it happens', () => {
    const { type: _type, ...data } = command;
    const event = { type: 'ActRefused' as const, data };
    specification(refusedActs).given().when(command).then([event]);
    specification(refusedActs).given([event]).when(command).then([event]);
  });
});

describe('subjects', () => {
  const anna = toGlobalId('User', 'anna');

  test('are what ids name, wherever they stand', () => {
    const ids = { userIds: [toGlobalId('User', 'berta'), anna], filter: { session: { sessionId: toGlobalId('Session', 's') } }, users: [{ id: toGlobalId('User', 'carl') }] };
    expect(subjectsOf({ userId: anna, ...ids })).toEqual(['anna', 'berta', 's', 'carl']);
  });

  test('are never texts, whatever they look like', () => {
    expect(subjectsOf({ email: 'a@b.test', password: anna, token: anna, secret: anna, displayName: 'Anna', note: 'id' })).toEqual([]);
    expect(subjectsOf({ userId: 'a@b.test', keyId: 'plain words', clientId: 7, ids: [null, {}, 'VXNlcjo'] })).toEqual([]);
  });

  test('are bounded, and no input breaks them', () => {
    expect(subjectsOf({ userIds: Array.from({ length: 500 }, (_, n) => toGlobalId('User', String(n))) })).toHaveLength(20);
    expect(subjectsOf({ userId: toGlobalId('User', 'x'.repeat(5_000)) })).toEqual([]);
    let deep: unknown = { userId: anna };
    for (let n = 0; n < 50_000; n++) deep = { deep };
    expect(subjectsOf(deep)).toEqual([]);
    fc.assert(fc.property(fc.anything(), (input) => Array.isArray(subjectsOf(input))));
  });
});

describe('shares', () => {
  const of = (name: string, aMinute = 30): Share => ({ name, aMinute });

  test('keep so many a minute, and count what was left out for the next one', () => {
    let now = 0;
    const shares = createShares(() => now);
    const taken = Array.from({ length: 35 }, () => shares.take(of('a')));
    expect(taken).toEqual([...Array<number>(30).fill(0), ...Array<undefined>(5).fill(undefined)]);
    expect(shares.take(of('b'))).toBe(0);
    now = 59_999;
    expect(shares.take(of('a'))).toBeUndefined();
    now = 60_000;
    expect([shares.take(of('a')), shares.take(of('a'))]).toEqual([6, 0]);
  });

  test('of many together bound those who have room of their own, and use up no room of theirs', () => {
    let now = 0;
    const shares = createShares(() => now);
    const all = of('all', 3);
    expect(['a', 'b', 'c', 'd', 'd'].map((name) => shares.take(of(name, 2), all))).toEqual([0, 0, 0, undefined, undefined]);
    expect(shares.take(of('d', 2))).toBe(0);
    now = 60_000;
    expect(shares.take(of('e', 2), all)).toBe(2);
  });

  test('lose nobody: what is kept and what is told of add up', () => {
    fc.assert(fc.property(fc.array(fc.record({ caller: fc.constantFrom('a', 'b', 'c'), pause: fc.nat(5_000) }), { maxLength: 300 }), (steps) => {
      let now = 0;
      const shares = createShares(() => now);
      const sharesOf = (caller: string): Share[] => [of(caller, 10), of('all', 15)];
      const counts = steps.map(({ caller, pause }) => {
        now += pause;
        const unrecorded = shares.take(...sharesOf(caller));
        return unrecorded === undefined ? 0 : 1 + unrecorded;
      });
      now += 60_000;
      const told = ['a', 'b', 'c'].map((caller) => shares.take(...sharesOf(caller))!);
      expect([...counts, ...told].reduce((sum, count) => sum + count, 0)).toBe(steps.length);
    }));
  });
});

describe('the recorder', () => {
  const refusal: Refusal = { code: 'E4031', rule: 'role', message: 'Your role does not allow this.' };
  const now = new Date('2026-03-04T05:06:07.008Z');
  const seal: Vault['seal'] = async ({ tenant, subject, field }, text) => sealedText(`${tenant}/${subject}`, field, text);
  const warnings: unknown[] = [];
  const log = { info: () => undefined, warn: (details: unknown) => void warnings.push(details), error: () => undefined };

  function setting(vault: Partial<Vault> = { seal }) {
    const store = createInMemoryEventStore();
    const commands = createCommandRuntime({ store });
    return { store, recorder: createRefusalRecorder({ commands, vault: vault as Vault, log, clock: () => now }) };
  }
  const callerOf = (principal: Principal, address = '203.0.113.9') => ({ principal, address, correlationId: 'correlation-1', requestId: 'request-1' });

  test('names actor, subjects, request and place, in the stream of the tenant and day', async () => {
    const { store, recorder } = setting();
    const input = { userId: toGlobalId('User', 'anna'), email: 'a@b.test', password: 'plain words' };
    await recorder.record(callerOf(person('berta', 'auditor', 'tenant-7')), { act: 'assignRole', refusal, input });
    const [event] = await collect(store.readStream('refusedActs-tenant-7-2026-03-04'));
    expect(event).toMatchObject({
      type: 'ActRefused',
      data: {
        act: 'assignRole', code: 'E4031', rule: 'role', subjects: ['anna'], unrecorded: 0,
        address: { subject: 'tenant-7/berta', field: 'address', ciphertext: '203.0.113.9' },
      },
      metadata: { actor: { kind: 'user', id: 'berta' }, tenant: 'tenant-7', requestId: 'request-1', $correlationId: 'correlation-1' },
    });
    expect(JSON.stringify(event!.data)).not.toMatch(/a@b|plain words/);
  });

  test('puts strangers into the default tenant, and service clients into theirs', async () => {
    const { store, recorder } = setting();
    await recorder.record(callerOf({ kind: 'anonymous' }), { act: 'authenticate', refusal });
    await recorder.record(callerOf(service('robot', ['users:read'], 'tenant-8')), { act: 'createUser', refusal, input: {} });
    const home = tenantIdOf('default');
    expect(await collect(store.readStream(`refusedActs-${home}-2026-03-04`))).toMatchObject([
      { data: { act: 'authenticate', address: { subject: `${home}/strangers` } }, metadata: { actor: { kind: 'anonymous' }, tenant: home } },
    ]);
    expect(await collect(store.readStream('refusedActs-tenant-8-2026-03-04'))).toMatchObject([
      { data: { act: 'createUser' }, metadata: { actor: { kind: 'service', id: 'robot' } } },
    ]);
  });

  test('keeps a share of each caller; strangers of one network share theirs', async () => {
    const { store, recorder } = setting();
    const anonymous: Principal = { kind: 'anonymous' };
    for (let n = 0; n < 40; n++) await recorder.record(callerOf(anonymous, `2001:db8:1:2::${n}`), { act: 'authenticate', refusal });
    await recorder.record(callerOf(anonymous, '2001:db8:1:3::1'), { act: 'authenticate', refusal });
    expect(await collect(store.readStream(`refusedActs-${tenantIdOf('default')}-2026-03-04`))).toHaveLength(OF_A_CALLER + 1);
  });

  test('keeps a share of all strangers together, however many networks they have', async () => {
    const { store, recorder } = setting();
    for (let n = 0; n < OF_STRANGERS + 20; n++) {
      await recorder.record(callerOf({ kind: 'anonymous' }, `2001:db8:1:${n.toString(16)}::1`), { act: 'authenticate', refusal });
    }
    await recorder.record(callerOf(person('berta', 'auditor', tenantIdOf('default'))), { act: 'assignRole', refusal });
    const kept = await collect(store.readStream(`refusedActs-${tenantIdOf('default')}-2026-03-04`));
    expect(kept).toHaveLength(OF_STRANGERS + 1);
    expect(kept.at(-1)).toMatchObject({ metadata: { actor: { kind: 'user', id: 'berta' } } });
  });

  test('never throws', async () => {
    const { recorder } = setting({ seal: () => Promise.reject(new Error('the vault is away')) });
    await expect(recorder.record(callerOf(person('a')), { act: 'x', refusal })).resolves.toBeUndefined();
    expect(warnings).toHaveLength(1);
  });
});
