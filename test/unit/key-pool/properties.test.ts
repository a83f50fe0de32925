import fc from 'fast-check';
import { addDeadline, dropEarliest, dueBy } from '../../../commands/key-pool/deadlines';
import { keyPool, type KeyPoolCommand } from '../../../commands/key-pool/decider';
import { nextWakeAt } from '../../../commands/key-pool/diagnosis';
import { overdueTickets } from '../../../commands/key-pool/queue';
import { addPermit, newWindow, permitsAt, reopensAt, WINDOW_MS } from '../../../commands/key-pool/rate-window';
import type { KeyPoolState } from '../../../commands/key-pool/state';
import {
  activate, addKey, cancel, changeKey, coolDown, deactivate, expire, heartbeat, recover, release, removeKey, request, revoke, rotate, takePermits, tick, timeOut,
  withdraw,
} from './pool';

const id = fc.integer({ min: 0, max: 7 }).map(String);
const now = fc.integer({ min: 0, max: 200_000 });
const token = fc.integer({ min: 1, max: 8 });
const tenant = fc.constantFrom('a', 'b', 'c');
const limits = {
  priority: fc.integer({ min: 0, max: 2 }), concurrencyLimit: fc.integer({ min: 1, max: 3 }), rpmLimit: fc.option(fc.integer({ min: 0, max: 4 })),
  tenantScope: fc.constantFrom('*', 'a', 'a,b', 'c'), expiresAt: fc.option(now),
};
const keyId = fc.option(id, { nil: undefined });
const command: fc.Arbitrary<KeyPoolCommand> = fc.oneof(
  fc.record({ id, now, ...limits }).map(({ id, ...more }) => addKey(id, more)),
  fc.record({ id, now, tenant, keyId, holder: fc.constantFrom('anna', 'ben'), maxWaitMs: fc.constantFrom(0, 100, 60_000) }).map(({ id, keyId, ...more }) => request(id, { ...more, ...(keyId && { keyId }) })),
  fc.tuple(id, token, now).map(([id, token, now]) => release(id, token, { now })),
  fc.tuple(id, token, now).map(([id, token, now]) => heartbeat(id, token, { now })),
  fc.tuple(id, token, now).map(([id, token, now]) => expire(id, token, now)),
  fc.tuple(id, now).map(([id, now]) => timeOut(id, now)),
  fc.tuple(id, tenant, now).map(([id, tenant, now]) => revoke(id, tenant, now)),
  fc.tuple(id, now).map(([id, now]) => cancel(id, { now })),
  fc.tuple(tenant, now).map(([tenant, now]) => withdraw(tenant, now)),
  fc.tuple(id, fc.record({ now, ...limits }, { requiredKeys: ['now'] })).map(([id, more]) => changeKey(id, more)),
  fc.tuple(id, id, fc.boolean(), now).map(([id, to, revokeLeases, now]) => rotate(id, `k${to}`, { revokeLeases, now })),
  fc.tuple(id, now).map(([id, now]) => deactivate(id, { now })),
  fc.tuple(id, now).map(([id, now]) => activate(id, now)),
  fc.tuple(id, now, now).map(([id, until, now]) => coolDown(id, until, { now })),
  fc.tuple(id, now).map(([id, now]) => recover(id, now)),
  fc.tuple(id, now).map(([id, now]) => removeKey(id, now)),
  now.map(tick),
);
/** Sent again, it takes permits again. */
const permits = fc.tuple(id, token, fc.integer({ min: 1, max: 3 }), now).map(([id, token, units, now]) => takePermits(id, token, units, { now }));
const anyCommand = fc.oneof({ weight: 12, arbitrary: command }, { weight: 1, arbitrary: permits });

const run = (state: KeyPoolState, command: KeyPoolCommand) => {
  const decision = keyPool.decide(state, command);
  return 'events' in decision ? decision.events.reduce((next, event) => keyPool.evolve(next, event), state) : state;
};

test('any command twice is once: nobody is served twice, and the second time writes nothing', () => {
  fc.assert(fc.property(fc.array(anyCommand, { maxLength: 40 }), command, (history, command) => {
    const state = history.reduce(run, keyPool.initial());
    run(state, command);
    const again = keyPool.decide(state, command);
    expect('events' in again ? again.events : []).toEqual([]);
  }), { numRuns: 300 });
});

test('a copy is equal and independent', () => {
  fc.assert(fc.property(fc.array(anyCommand, { maxLength: 40 }), fc.array(anyCommand, { maxLength: 10 }), (history, more) => {
    const state = history.reduce(run, keyPool.initial());
    const copy = keyPool.copy!(state);
    expect(copy).toEqual(state);
    more.reduce(run, copy);
    expect(state).toEqual(history.reduce(run, keyPool.initial()));
    expect(more.reduce(run, state)).toEqual(copy);
  }), { numRuns: 200 });
});

test('TEST-37: whatever happens, no key holds more leases than it counts, and nobody waits or holds twice', () => {
  fc.assert(fc.property(fc.array(anyCommand, { maxLength: 60 }), (history) => {
    const state = history.reduce(run, keyPool.initial());
    for (const key of state.keys.values()) expect([...state.leases.values()].filter(({ keyId }) => keyId === key.id)).toHaveLength(key.active);
    const requests = [...state.leases.values(), ...state.tickets.values(), ...state.ended.values()].map(({ requestId }) => requestId);
    expect(new Set(requests).size).toBe(requests.length);
    expect(new Set(state.requests.keys())).toEqual(new Set(requests));
    const counts = (names: string[]) => new Map(names.map((name) => [name, names.filter((other) => other === name).length]));
    const waiting = [...state.tickets.values()];
    expect(state.tenantsWaiting).toEqual(counts(waiting.map(({ tenant }) => tenant)));
    expect(state.holdersWaiting).toEqual(counts(waiting.map(({ holder }) => holder)));
  }), { numRuns: 200 });
});

test('TEST-37: of 50 who ask at the same moment as many are granted as the keys allow', () => {
  fc.assert(fc.property(fc.array(fc.record({ concurrencyLimit: limits.concurrencyLimit, rpmLimit: limits.rpmLimit }), { minLength: 1, maxLength: 4 }), (keys) => {
    const asking = Array.from({ length: 50 }, (_, n) => request(String(n)));
    const state = [...keys.map((more, n) => addKey(`k${n}`, more)), ...asking].reduce(run, keyPool.initial());
    const room = keys.map(({ concurrencyLimit, rpmLimit }) => Math.min(concurrencyLimit, rpmLimit ?? Infinity));
    expect(keys.map((_, n) => state.keys.get(`k${n}`)!.active)).toEqual(room);
    expect(state.tickets.size).toBe(50 - room.reduce((sum, places) => sum + places, 0));
  }));
});

test('the next wake is when a tick first does something', () => {
  fc.assert(fc.property(fc.array(anyCommand, { maxLength: 40 }), (history) => {
    const state = history.reduce(run, keyPool.initial());
    const wake = nextWakeAt(state);
    if (wake === undefined) return;
    const does = (at: number) => keyPool.decide(state, tick(at));
    if (wake > state.now) expect(does(wake - 1)).toEqual({ events: [] });
    expect([...(does(wake) as { events: readonly unknown[] }).events, ...overdueTickets(state, wake, 1)]).not.toEqual([]);
  }), { numRuns: 300 });
});

test('whose wait is over is found as by looking at everybody', () => {
  fc.assert(fc.property(fc.array(anyCommand, { maxLength: 60 }), now, (history, at) => {
    const state = history.reduce(run, keyPool.initial());
    const overdue = [...state.tickets.values()].filter(({ deadline }) => at >= deadline);
    expect(new Set(overdueTickets(state, at, Infinity))).toEqual(new Set(overdue));
  }));
});

test('deadlines come out in order, and those due are found', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 0, max: 50 }), (times, at) => {
    const heap: { deadline: number }[] = [];
    for (const deadline of times) addDeadline(heap, { deadline });
    const sorted = times.toSorted((a, b) => a - b);
    expect([...dueBy(heap, at)].map(({ deadline }) => deadline).toSorted((a, b) => a - b)).toEqual(sorted.filter((time) => time <= at));
    for (const time of sorted) {
      expect(heap[0]!.deadline).toBe(time);
      dropEarliest(heap);
    }
    expect(heap).toEqual([]);
  }));
});

test('a rate window agrees with counting by hand, whatever the limit becomes', () => {
  const limit = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Infinity));
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 40_000 }), limit), { maxLength: 30 }), (steps) => {
    let window = newWindow(0);
    const permits: number[] = [];
    let at = 0;
    for (const [gap, limit] of steps) {
      at += gap;
      window = { ...window, limit };
      const inWindow = permits.filter((permit) => permit > at - WINDOW_MS).length;
      expect(permitsAt(window, at)).toBe(inWindow);
      expect(at >= reopensAt(window, 0)).toBe(inWindow < limit);
      expect(at >= reopensAt(window, 1)).toBe(inWindow + 1 < limit);
      if (inWindow < limit) {
        addPermit(window, at);
        permits.push(at);
      }
    }
  }));
});
