import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTenant } from '../../../commands/tenant/create-tenant';
import { tenant } from '../../../commands/tenant/decider';
import { tenantIdOf } from '../../../commands/tenant/tenant-id';
import { user } from '../../../commands/user/decider';
import { decodeEvent } from '../../../schema/define-events';
import type { CommandContext, CommandOutcome, CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore } from '../../../src/event-store/port';
import type { Context } from '../../../src/graphql/context';
import { person } from '../../support/principals';
import { sealedText } from '../../support/sealed';
import { plainSetting } from '../../support/services';

const SLUG = 'school_a';
const TENANT = tenantIdOf(SLUG);
const MINUTE_MS = 60_000;

const store = createInMemoryEventStore();
let now = Date.parse('2026-03-01T09:00:00.000Z');

function contextOn(commands: CommandRuntime): Context {
  return {
    commands, principal: person('operator', 'owner', 'main', { operator: true }), address: '203.0.113.9', setting: plainSetting, now: () => new Date(now),
    vault: {
      fingerprint: (_purpose: string, value: string) => value,
      seal: async ({ subject, field }: { subject: string; field: string }, text: string) => sealedText(subject, field, text),
    },
    auth: {
      standings: { setTenant: async () => undefined, setFeatures: async () => undefined, setUser: async () => undefined },
      passwordLinks: { issue: async () => ({ token: 'token', linkId: randomUUID(), expiresAt: new Date(now + MINUTE_MS) }) },
    },
  } as unknown as Context;
}

function command(): CommandContext {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'user', id: 'operator' }, tenant: 'main' };
}

const making = (commands: CommandRuntime, email: string, as = command(), slug = SLUG): Promise<CommandOutcome<unknown>> =>
  createTenant(contextOn(commands), as, { slug, name: `Of ${email}`, owner: { email, displayName: email } });

async function owners(tenantId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const recorded of store.readAll()) {
    const event = decodeEvent(user.events, recorded);
    if (event?.type === 'UserCreated' && event.data.tenantId === tenantId) found.push(event.data.userId);
  }
  return found;
}

test('of those who make one tenant at once, on several nodes, one gets it', async () => {
  const slow: EventStore = {
    ...store,
    append: async (...args) => {
      await sleep(Math.random() * 3);
      return store.append(...args);
    },
  };
  const nodes = [createCommandRuntime({ store: slow }), createCommandRuntime({ store: slow })];
  for (let round = 0; round < 20; round++) {
    const slug = `round-${round}`;
    const outcomes = await Promise.all([0, 1, 2, 3].map((n) => making(nodes[n % 2]!, `${n}@${slug}.test`, command(), slug)));
    expect(outcomes.filter(({ accepted }) => accepted)).toHaveLength(1);
    for (const outcome of outcomes) if (!outcome.accepted) expect(outcome.refusal).toMatchObject({ code: 'E4091', rule: 'slug_taken' });
    expect(await owners(tenantIdOf(slug))).toHaveLength(1);
  }
});

test('one that was broken off is taken up a minute later, and then not by whoever began it', async () => {
  const commands = createCommandRuntime({ store });
  const dying: CommandRuntime = {
    ...commands,
    execute: async (...args) => {
      if (args[0].category === 'user') throw new Error('died');
      return commands.execute(...args);
    },
  };
  const first = command();
  await expect(making(dying, 'first@school.test', first)).rejects.toThrow('died');
  expect(await making(commands, 'second@school.test')).toMatchObject({ accepted: false, refusal: { rule: 'slug_taken', path: ['slug'] } });

  now += MINUTE_MS;
  expect(await making(commands, 'second@school.test')).toMatchObject({ accepted: true });
  expect(await making(commands, 'first@school.test', first)).toMatchObject({ accepted: false, refusal: { rule: 'slug_taken' } });
  expect(await owners(TENANT)).toHaveLength(1);
  expect((await commands.load(tenant, TENANT)).state).toMatchObject({ name: 'Of second@school.test' });
});
