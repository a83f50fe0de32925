import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { streamOf } from '../../../src/command-runtime/aggregate';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore } from '../../../src/event-store/port';
import { collect } from '../../support/events';
import { till } from '../../support/till';
import { context, deposit, withdraw } from './setting';

const ours = () => context({ tenant: 'ours' });
const theirs = () => context({ tenant: 'theirs' });
const beginning: typeof till = { ...till, begins: () => true };

let store: EventStore;
beforeEach(() => {
  store = createInMemoryEventStore();
});
const tenantsOf = async (id: string) => (await collect(store.readStream(streamOf(till, id)))).map(({ metadata }) => metadata.tenant);

describe('a stream of another tenant', () => {
  it.each([['as the cache has it', true], ['as the log has it', false]])('is not there, %s', async (_, cached) => {
    const runtime = createCommandRuntime({ store });
    await runtime.execute(till, 'a', deposit(5), ours());
    const asked = cached ? runtime : createCommandRuntime({ store });
    const unknown = await asked.execute(till, 'nowhere', withdraw(1), theirs());
    expect(unknown).toMatchObject({ accepted: false, refusal: { rule: 'balance_too_low', details: { balance: 0 } }, revision: -1n, position: 0n });
    expect(await asked.execute(till, 'a', withdraw(1), theirs())).toEqual(unknown);
    expect(await asked.execute(till, 'a', deposit(1), theirs())).toEqual({
      accepted: false, revision: -1n, position: 0n,
      refusal: { code: 'E4041', rule: 'not_found', message: 'There is no such object, or it is not yours.' },
    });
    expect(await asked.execute(till, 'a', withdraw(5), ours())).toMatchObject({ accepted: true, revision: 1n });
    expect(await tenantsOf('a')).toEqual(['ours', 'ours']);
  });

  it('does not answer its command ids again', async () => {
    const runtime = createCommandRuntime({ store });
    const asked = ours();
    await runtime.execute(till, 'a', deposit(5), asked);
    expect(await runtime.execute(till, 'a', deposit(5), { ...asked, tenant: 'theirs' })).toMatchObject({ accepted: false, refusal: { rule: 'not_found' } });
  });

  it('is refused when it was begun in the same moment, or although the command thought it was the first', async () => {
    for (const aggregate of [till, beginning]) {
      const id = randomUUID();
      const runtime = createCommandRuntime({ store });
      const both = await Promise.all([runtime.execute(aggregate, id, deposit(1), ours()), runtime.execute(aggregate, id, deposit(1), theirs())]);
      expect(both).toMatchObject([{ accepted: true }, { accepted: false, refusal: { rule: 'not_found' } }]);
      expect(await createCommandRuntime({ store }).execute(aggregate, id, deposit(1), theirs())).toMatchObject({ accepted: false, refusal: { rule: 'not_found' } });
      expect(await tenantsOf(id)).toEqual(['ours']);
    }
  });

  it('is begun by whoever is not refused, in whatever order they come', async () => {
    const runtime = createCommandRuntime({ store });
    const outcomes = await Promise.all([
      runtime.execute(till, 'a', withdraw(1), ours()), runtime.execute(till, 'a', deposit(3), theirs()), runtime.execute(till, 'a', deposit(3), ours()),
    ]);
    expect(outcomes.map(({ accepted }) => accepted).filter(Boolean)).toHaveLength(1);
    expect(new Set(await tenantsOf('a')).size).toBe(1);
  });
});

it('a stream never holds events of two tenants, whatever the nodes and batches', async () => {
  const step = fc.record({ tenant: fc.constantFrom('a', 'b', 'c'), node: fc.nat(1), amount: fc.integer({ min: -3, max: 5 }).filter((n) => n !== 0) });
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 4 }), async (steps, batchCommands) => {
    store = createInMemoryEventStore();
    const nodes = [0, 1].map(() => createCommandRuntime({ store, limits: { batchCommands } }));
    const outcomes = await Promise.all(steps.map(({ tenant, node, amount }) =>
      nodes[node]!.execute(till, 's', amount > 0 ? deposit(amount) : withdraw(-amount), context({ tenant }))));
    const tenants = await tenantsOf('s');
    expect(new Set(tenants).size).toBeLessThanOrEqual(1);
    expect(outcomes.filter(({ accepted }) => accepted)).toHaveLength(tenants.length);
  }), { numRuns: 100 });
});

it('a shared stream serves every tenant', async () => {
  const runtime = createCommandRuntime({ store });
  const shared: typeof till = { ...till, tenancy: 'shared' };
  for (const asked of [ours(), theirs(), ours()]) expect((await runtime.execute(shared, 'a', deposit(1), asked)).accepted).toBe(true);
  expect(await tenantsOf('a')).toEqual(['ours', 'theirs', 'ours']);
});
