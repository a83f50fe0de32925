import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { termOfOffice, user, type By, type UserState } from '../../../commands/user/decider';
import { changeStanding, type StandingChange } from '../../../commands/user/office';
import { settleOwnerTask } from '../../../commands/user/reactor';
import { tenant, type TenantState } from '../../../commands/tenant/decider';
import type { Role } from '../../../schema/access/roles';
import { decodeEvent } from '../../../schema/define-events';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore } from '../../../src/event-store/port';
import type { JobHelpers } from '../../../src/jobs/port';
import { sealedText } from '../../support/sealed';

const TENANT = 't1';
const operator: By = { id: 'operator', tenantId: TENANT, role: 'owner' };
const auth = { standings: { setUser: async () => {} } } as unknown as Parameters<typeof changeStanding>[0]['auth'];

function command(): CommandContext {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'user', id: 'operator' }, tenant: TENANT };
}

async function makeWorld(people: Record<string, Role>, store: EventStore = createInMemoryEventStore()) {
  const commands = createCommandRuntime({ store });
  await commands.execute(tenant, TENANT, { type: 'CreateTenant', tenantId: TENANT, slug: 'default', name: 'Acme' }, command());
  for (const [userId, role] of Object.entries(people)) {
    await commands.execute(user, userId, {
      type: 'CreateUser', userId, tenantId: TENANT, loginName: userId, email: sealedText(userId, 'email', 'e'),
      displayName: sealedText(userId, 'displayName', 'n'), role, organization: null, note: null, tier: 'free',
    }, command());
  }
  return { store, commands };
}

const settle = (commands: CommandRuntime, userId: string, renew: boolean): Promise<void> =>
  settleOwnerTask({ commands })({ tenant: TENANT, eventId: randomUUID(), correlationId: randomUUID(), userId, renew }, {} as JobHelpers);

const listed = (state: TenantState): string[] =>
  state.exists ? Object.entries(state.owners).filter(([, { inOffice }]) => inOffice).map(([userId]) => userId).sort() : [];

/** After every event of the log: who are active owners, and who is on the list. */
async function history(store: EventStore): Promise<{ owners: string[]; list: string[] }[]> {
  const users = new Map<string, UserState>();
  let state = tenant.initial();
  const moments: { owners: string[]; list: string[] }[] = [];
  for await (const recorded of store.readAll()) {
    const ofUser = decodeEvent(user.events, recorded);
    const ofTenant = decodeEvent(tenant.events, recorded);
    if (ofUser) users.set(ofUser.data.userId, user.evolve(users.get(ofUser.data.userId) ?? user.initial(), ofUser));
    if (ofTenant) state = tenant.evolve(state, ofTenant);
    const owners = [...users].filter(([, each]) => termOfOffice(each) !== undefined).map(([userId]) => userId).sort();
    moments.push({ owners, list: listed(state) });
  }
  return moments;
}

const outcomeOf = (commands: CommandRuntime, userId: string, change: StandingChange, by = operator) =>
  changeStanding({ commands, auth }, command(), userId, change, by);

describe('the last owner', () => {
  test.each<StandingChange>([{ type: 'AssignRole', role: 'admin' }, { type: 'DeactivateUser' }, { type: 'DeleteUser' }])('stays: %j', async (change) => {
    const { commands } = await makeWorld({ a: 'owner', b: 'owner' });
    for (const each of ['a', 'b']) await settle(commands, each, false);
    expect(await outcomeOf(commands, 'a', change)).toMatchObject({ accepted: true });
    expect(await outcomeOf(commands, 'b', change)).toMatchObject({ accepted: false, refusal: { code: 'B2003', rule: 'last_owner' } });
  });

  test('may go once somebody else is one', async () => {
    const { commands } = await makeWorld({ a: 'owner', b: 'user' });
    await settle(commands, 'a', false);
    expect(await outcomeOf(commands, 'b', { type: 'AssignRole', role: 'owner' })).toMatchObject({ accepted: true });
    expect(await outcomeOf(commands, 'a', { type: 'DeleteUser' })).toMatchObject({ accepted: true });
    expect(listed((await commands.load(tenant, TENANT)).state)).toEqual(['b']);
  });

  test('stays also in a log that has no list yet', async () => {
    const { commands } = await makeWorld({ a: 'owner' });
    expect(await outcomeOf(commands, 'a', { type: 'DeactivateUser' })).toMatchObject({ accepted: false, refusal: { rule: 'last_owner' } });
  });

  test('comes back to the list when whoever took them off it died half-way', async () => {
    const { commands } = await makeWorld({ a: 'owner', b: 'owner' });
    for (const each of ['a', 'b']) await settle(commands, each, false);
    await commands.execute(tenant, TENANT, { type: 'RemoveOwner', userId: 'a', term: 0 }, command());
    await settle(commands, 'a', false);
    expect(listed((await commands.load(tenant, TENANT)).state)).toEqual(['b']);
    await settle(commands, 'a', true);
    await settle(commands, 'a', false);
    expect(listed((await commands.load(tenant, TENANT)).state)).toEqual(['a', 'b']);
  });

  test('is left when two owners remove each other at the same time, round after round', async () => {
    const { store, commands } = await makeWorld({ a: 'owner', b: 'owner' });
    for (const each of ['a', 'b']) await settle(commands, each, false);
    const asOwner = (id: string): By => ({ ...operator, id });
    for (let round = 0; round < 200; round++) {
      const outcomes = await Promise.all([
        outcomeOf(commands, 'a', { type: 'AssignRole', role: 'user' }, asOwner('b')),
        outcomeOf(commands, 'b', { type: 'AssignRole', role: 'user' }, asOwner('a')),
      ]);
      expect(outcomes.filter(({ accepted }) => accepted)).toHaveLength(1);
      const loser = outcomes[0].accepted ? 'a' : 'b';
      expect(await outcomeOf(commands, loser, { type: 'AssignRole', role: 'owner' })).toMatchObject({ accepted: true });
    }
    for (const { owners, list } of (await history(store)).slice(5)) expect({ owners: owners.length > 0, list: list.length > 0 }).toEqual({ owners: true, list: true });
  });
});

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const changes: StandingChange[] = [
  { type: 'AssignRole', role: 'owner' }, { type: 'AssignRole', role: 'owner' }, { type: 'AssignRole', role: 'user' }, { type: 'DeactivateUser' },
  { type: 'ReactivateUser' }, { type: 'AssignRole', role: 'admin' },
];

test.each(Array.from({ length: 40 }, (_, seed) => seed))('there is always an owner, whatever happens at once and whoever dies half-way (%i)', async (seed) => {
  const random = randomFrom(seed + 1);
  const inner = createInMemoryEventStore();
  const slow: EventStore = {
    ...inner,
    append: async (...args) => {
      if (random() < 0.5) await sleep(0);
      return inner.append(...args);
    },
  };
  const people = ['a', 'b', 'c', 'd'];
  const { commands } = await makeWorld({ a: 'owner', b: 'owner', c: 'owner', d: 'user' }, slow);
  for (const each of people) await settle(commands, each, false);
  const start = (await history(inner)).length;
  /** Two nodes, each with a cache of its own, and callers who die before one of their steps. */
  const nodes = [commands, createCommandRuntime({ store: slow })].map((node): CommandRuntime => ({
    ...node,
    execute: async (...args) => {
      if (random() < 0.08) throw new Error('died');
      if (random() < 0.5) await sleep(0);
      return node.execute(...args);
    },
  }));

  await Promise.all(Array.from({ length: 6 }, async () => {
    for (let act = 0; act < 12; act++) {
      const node = nodes[Math.floor(random() * 2)]!;
      const userId = people[Math.floor(random() * people.length)]!;
      const change = changes[Math.floor(random() * changes.length)]!;
      const doing = random() < 0.3 ? settle(node, userId, random() < 0.5) : outcomeOf(node, userId, change);
      await doing.catch((error: Error) => expect(error.message).toBe('died'));
    }
  }));

  const moments = (await history(inner)).slice(start);
  expect(moments.length).toBeGreaterThan(5);
  for (const { owners, list } of moments) {
    expect(list.length).toBeGreaterThan(0);
    expect(owners).toEqual(expect.arrayContaining(list));
  }
  for (const renew of [true, false]) for (const each of people) await settle(commands, each, renew);
  const end = (await history(inner)).at(-1)!;
  expect(end.list).toEqual(end.owners);
});
