import fc from 'fast-check';
import { keyPool, type KeyPoolCommand } from '../../../commands/key-pool/decider';
import { addPermit, newWindow, permitsAt, reopensAt, WINDOW_MS } from '../../../commands/key-pool/rate-window';
import type { KeyPoolState } from '../../../commands/key-pool/state';
import { addKey, expire, heartbeat, release, request, tick, timeOut } from './pool';

const id = fc.integer({ min: 0, max: 7 }).map(String);
const now = fc.integer({ min: 0, max: 200_000 });
const token = fc.integer({ min: 1, max: 8 });
const tenant = fc.constantFrom('a', 'b', 'c');
const command: fc.Arbitrary<KeyPoolCommand> = fc.oneof(
  fc.record({
    id, now, priority: fc.integer({ min: 0, max: 2 }), concurrencyLimit: fc.integer({ min: 1, max: 3 }),
    rpmLimit: fc.option(fc.integer({ min: 0, max: 4 })), tenantScope: fc.constantFrom('*', 'a', 'a,b', 'c'),
  }).map(({ id, ...more }) => addKey(id, more)),
  fc.record({ id, now, tenant, maxWaitMs: fc.constantFrom(0, 100, 60_000) }).map(({ id, ...more }) => request(id, more)),
  fc.tuple(id, token, now).map(([id, token, now]) => release(id, token, { now })),
  fc.tuple(id, token, now).map(([id, token, now]) => heartbeat(id, token, { now })),
  fc.tuple(id, token, now).map(([id, token, now]) => expire(id, token, now)),
  fc.tuple(id, now).map(([id, now]) => timeOut(id, now)),
  now.map(tick),
);

const run = (state: KeyPoolState, command: KeyPoolCommand) => {
  const decision = keyPool.decide(state, command);
  return 'events' in decision ? decision.events.reduce((next, event) => keyPool.evolve(next, event), state) : state;
};

test('any command twice is once: nobody is served twice, and the second time writes nothing', () => {
  fc.assert(fc.property(fc.array(command, { maxLength: 40 }), command, (history, command) => {
    const state = history.reduce(run, keyPool.initial());
    run(state, command);
    const again = keyPool.decide(state, command);
    expect('events' in again ? again.events : []).toEqual([]);
  }), { numRuns: 300 });
});

test('a copy is equal and independent', () => {
  fc.assert(fc.property(fc.array(command, { maxLength: 40 }), fc.array(command, { maxLength: 10 }), (history, more) => {
    const state = history.reduce(run, keyPool.initial());
    const copy = keyPool.copy!(state);
    expect(copy).toEqual(state);
    more.reduce(run, copy);
    expect(state).toEqual(history.reduce(run, keyPool.initial()));
    expect(more.reduce(run, state)).toEqual(copy);
  }), { numRuns: 200 });
});

test('a rate window agrees with counting by hand', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 5 }), fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 30 }), (limit, gaps) => {
    const window = newWindow(limit);
    const permits: number[] = [];
    let at = 0;
    for (const gap of gaps) {
      at += gap;
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
