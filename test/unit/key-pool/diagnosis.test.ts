import { keyPool } from '../../../commands/key-pool/decider';
import { diagnose, nextWakeAt } from '../../../commands/key-pool/diagnosis';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import { fold } from '../../support/specification';
import { granted, keyAdded, keyCooledDown, keyDeactivated, keyRemoved, requested, timedOut } from './pool';

const why = (now: number, ...events: KeyPoolEvent[]) => {
  const state = fold(keyPool, events);
  return diagnose(state, state.tickets.get('w')!, now);
};
const full = (key: string, more = {}) => [keyAdded(key, more), requested(`t-${key}`), granted(`t-${key}`, key, 1)];
const waiter = requested('w');
/** A key that has a place but no rate once it is used. */
const rated = { rpmLimit: 1, concurrencyLimit: 2 };

describe('TEST-35: why a ticket waits', () => {
  it('no_keys: no key is for its tenant', () =>
    expect(why(0, keyAdded('k', { tenantScope: 'b' }), waiter)).toEqual({ reason: 'no_keys', retryAfterMs: undefined }));
  it('rpm: a place is free but no rate is', () =>
    expect(why(15_000, ...full('k', { rpmLimit: 1, concurrencyLimit: 2 }), waiter)).toEqual({ reason: 'rpm', retryAfterMs: 45_000 }));
  it('concurrency: a rate is free but no place', () =>
    expect(why(0, ...full('k'), waiter)).toEqual({ reason: 'concurrency', retryAfterMs: undefined }));
  it('concurrency_and_rpm: neither is free anywhere', () =>
    expect(why(0, ...full('k', { rpmLimit: 1 }), waiter)).toEqual({ reason: 'concurrency_and_rpm', retryAfterMs: undefined }));
  it('mixed: one key lacks a place, another the rate', () =>
    expect(why(10_000, ...full('k'), ...full('l', rated), waiter)).toEqual({ reason: 'mixed', retryAfterMs: 50_000 }));
  it('no_keys: those of its tenant are inactive, expired or gone', () => {
    const none = { reason: 'no_keys', retryAfterMs: undefined };
    expect(why(0, ...full('k'), waiter, keyDeactivated('k'))).toEqual(none);
    expect(why(50, ...full('k', { expiresAt: 50 }), waiter)).toEqual(none);
    expect(why(0, keyAdded('k'), keyAdded('l'), requested('w', { keyId: 'k' }), keyRemoved('k'))).toEqual(none);
  });
  it('rpm: its key cools down', () =>
    expect(why(10, keyAdded('k'), waiter, keyCooledDown('k', 90))).toEqual({ reason: 'rpm', retryAfterMs: 80 }));
  it('concurrency: the one key that it names is taken, whatever is free beside it', () =>
    expect(why(0, ...full('k'), keyAdded('l'), requested('w', { keyId: 'k' }))).toEqual({ reason: 'concurrency', retryAfterMs: undefined }));
  it('turn: others came first', () =>
    expect(why(0, ...full('k'), requested('v'), waiter)).toEqual({ reason: 'turn', retryAfterMs: undefined }));
  it('turn: about to be served', () => expect(why(0, keyAdded('k'), waiter)).toEqual({ reason: 'turn', retryAfterMs: 0 }));
});

describe('the next wake', () => {
  const at = (...events: KeyPoolEvent[]) => nextWakeAt(fold(keyPool, events));

  it('is not needed when nobody waits', () => expect(at(...full('k', { rpmLimit: 1 }))).toBeUndefined());
  it('is the reopening of a window', () => expect(at(...full('k', rated), requested('w', { maxWaitMs: 90_000 }))).toBe(60_000));
  it('is the wait limit when that comes first', () => expect(at(...full('k', rated), requested('w', { maxWaitMs: 70 }))).toBe(70));
  it('does not count a window without a free place', () =>
    expect(at(...full('k', { rpmLimit: 1 }), requested('w', { maxWaitMs: 90_000 }))).toBe(90_000));
  it('is the end of a cool-down', () =>
    expect(at(keyAdded('k'), requested('w'), keyCooledDown('k', 700))).toBe(700));
  it('is not for a key that is inactive, or will have expired by then', () => {
    expect(at(keyAdded('k'), requested('w', { maxWaitMs: 90 }), keyDeactivated('k'))).toBe(90);
    expect(at(keyAdded('k', { expiresAt: 60 }), requested('w', { maxWaitMs: 90 }), keyCooledDown('k', 60))).toBe(90);
  });
  it('is not for a key that only others want', () =>
    expect(at(...full('k'), ...full('l', rated), requested('w', { keyId: 'k', maxWaitMs: 80_000 }))).toBe(80_000));
  it('is the next wait limit once the nearest has left', () =>
    expect(at(...full('k'), requested('w', { maxWaitMs: 70 }), requested('v', { maxWaitMs: 80 }), timedOut('w', 70))).toBe(80));
  it('is at once when somebody can be served', () => expect(at(keyAdded('k'), requested('w', { at: 30 }))).toBe(30));
  it('never comes for a blocked key', () => expect(at(keyAdded('k', { rpmLimit: 0 }), requested('w', { maxWaitMs: 80_000 }))).toBe(80_000));
});
