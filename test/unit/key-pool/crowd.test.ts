import { keyPool, QUEUE_LIMIT, type KeyPoolCommand } from '../../../commands/key-pool/decider';
import { nextWakeAt } from '../../../commands/key-pool/diagnosis';
import { overdueTickets } from '../../../commands/key-pool/queue';
import { MEMORY_SIZE, type KeyPoolState, type ProviderKey } from '../../../commands/key-pool/state';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import { fold } from '../../support/specification';
import { countSteps } from './counting';
import { granted, keyAdded, release, request, requested, tick } from './pool';

/** One key with one place, taken, and so many who wait for it; everybody's wait ends at another time. */
function crowdOf(waiters: number): KeyPoolState {
  const waiting = Array.from({ length: waiters }, (_, n) => requested(`w${n}`, { maxWaitMs: 3_600_000 + ((n * 7_919) % waiters) }));
  return fold(keyPool, [keyAdded('k'), requested('x'), granted('x', 'k', 1), ...waiting]);
}

function send(state: KeyPoolState, command: KeyPoolCommand): readonly KeyPoolEvent[] {
  const decision = keyPool.decide(state, command);
  if (!('events' in decision)) throw new Error(decision.refusal.message);
  for (const event of decision.events) keyPool.evolve(state, event);
  return decision.events;
}

/** Every lease is given back and somebody new comes, `rounds` times. @returns what was granted, and the steps it took */
function turnOver(state: KeyPoolState, rounds: number): { grants: number; steps: number } {
  const counter = countSteps(state);
  let grants = 0;
  for (let round = 0; round < rounds; round++) {
    const [lease] = state.leases.values();
    grants += send(state, release(lease!.id, lease!.token)).filter(({ type }) => type === 'LeaseGranted').length;
    send(state, request(`n${round}`, { maxWaitMs: 3_600_000 + ((round * 7_919) % 10_007) }));
    if (nextWakeAt(state)! < 3_600_000 || overdueTickets(state, 0, 500).length > 0) throw new Error('Somebody has waited too long');
  }
  return { grants, steps: counter.steps };
}

describe('10,000 who wait for one key (fault 48)', () => {
  /** More than the lists hold, so that they are cleared of those who have left. */
  const ROUNDS = 12_000;

  it('are served one for each release, in order', () => {
    const state = crowdOf(QUEUE_LIMIT);
    const events: KeyPoolEvent[] = [];
    for (let n = 0; n < QUEUE_LIMIT; n++) {
      const [lease] = state.leases.values();
      events.push(...send(state, release(lease!.id, lease!.token)));
    }
    expect(events.map(({ type }) => type)).toEqual(Array.from({ length: QUEUE_LIMIT }, () => ['LeaseReleased', 'LeaseGranted']).flat());
    expect(events.flatMap(({ data }) => ('ticketId' in data ? [data.ticketId] : []))).toEqual(Array.from({ length: QUEUE_LIMIT }, (_, n) => `w${n}`));
    expect(state.waiting.size).toBe(0);
  });

  it('cost no more for each release than 100 do, but for the height of a heap', () => {
    const few = turnOver(crowdOf(100), ROUNDS);
    const many = turnOver(crowdOf(QUEUE_LIMIT - 1), ROUNDS);
    expect([few.grants, many.grants]).toEqual([ROUNDS, ROUNDS]);
    expect(many.steps / ROUNDS).toBeLessThan(150);
    expect(many.steps).toBeLessThan(2 * few.steps);
  });

  it('leave nothing behind when as many have come and gone', () => {
    const state = crowdOf(QUEUE_LIMIT - 1);
    turnOver(state, ROUNDS);
    expect(state.tickets.size).toBe(QUEUE_LIMIT - 1);
    expect(state.deadlines.length).toBeLessThan(2.1 * QUEUE_LIMIT);
    expect(state.openScope.queue.items.length).toBeLessThan(2.1 * QUEUE_LIMIT);
    expect(state.endedOrder.items.length).toBeLessThan(2.1 * MEMORY_SIZE);
    expect(state.requests.size).toBe(QUEUE_LIMIT + MEMORY_SIZE);
  });

  it('leave nothing behind either when the first stays and the others give up', () => {
    const state = fold(keyPool, [keyAdded('k'), requested('x'), granted('x', 'k', 1), requested('first', { maxWaitMs: 3_600_000 })]);
    for (let n = 0; n < 2_000; n++) {
      send(state, request(`w${n}`));
      send(state, { type: 'CancelTicket', ticketId: `w${n}`, holder: 'anna', now: 0 });
    }
    expect([state.openScope.queue.items.length, state.deadlines.length].every((length) => length < 200)).toBe(true);
  });

  it('are all found when their wait is over, a part at a time', () => {
    const state = crowdOf(QUEUE_LIMIT);
    const now = 3_600_000 + QUEUE_LIMIT;
    expect(overdueTickets(state, 3_600_000, 500)).toHaveLength(1);
    expect(overdueTickets(state, now, 500)).toHaveLength(500);
    for (let n = 0; n < 100; n++) send(state, tick(now));
    expect([state.tickets.size, overdueTickets(state, now, 500).length]).toEqual([0, 0]);
  });
});

describe('a thousand tenants in one pool', () => {
  const TENANTS = 1_000;
  const tenants = Array.from({ length: TENANTS }, (_, n) => `t${n}`);

  /** @returns how often `name` of these was read so far */
  function readsOf<Name extends string>(items: Iterable<Record<Name, unknown>>, name: Name): () => number {
    let reads = 0;
    for (const item of items) {
      const value = item[name];
      Object.defineProperty(item, name, {
        get() {
          reads++;
          return value;
        },
      });
    }
    return () => reads;
  }

  it('who all wait for a key of all of them are looked at a few times only when it becomes free', () => {
    const waiting = tenants.map((tenant) => requested(tenant, { tenant }));
    const state = fold(keyPool, [keyAdded('k', { tenantScope: tenants.join(',') }), requested('x'), granted('x', 'k', 1), ...waiting]);
    const reads = readsOf(state.tickets.values(), 'seq');
    expect(send(state, release('x', 1)).map(({ type }) => type)).toEqual(['LeaseReleased', 'LeaseGranted']);
    expect(reads()).toBeLessThan(10 * TENANTS);
  });

  it('of whom each has a key of its own are not all compared with each other when a key comes', () => {
    const keys = new Map(tenants.map((tenant): [string, ProviderKey] => {
      const [key] = fold(keyPool, [keyAdded(tenant, { tenantScope: tenant })]).keys.values();
      return [tenant, key!];
    }));
    const state = { ...keyPool.initial(), keys };
    const reads = readsOf(keys.values(), 'tenants');
    keyPool.evolve(state, keyAdded('k'));
    expect(reads()).toBeLessThan(10 * TENANTS);
    expect(state.scopes.get('t7')!.keys.map(({ id }) => id)).toEqual(['k', 't7']);
    expect(state.openScope.keys.map(({ id }) => id)).toEqual(['k']);
  });
});
