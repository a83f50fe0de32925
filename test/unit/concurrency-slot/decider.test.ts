import fc from 'fast-check';
import { concurrencySlots, type ConcurrencySlotCommand } from '../../../commands/concurrency-slot/decider';
import type { ConcurrencySlotEvent } from '../../../schema/concurrency-slot/events';
import { fold, specification, twiceIsOnce } from '../../support/specification';

const NOW = 1_767_225_600_000;
const TTL = 60_000;
const limits = { userLimit: 1, globalLimit: 2 };

const reserve = (runId: string, userId: string, more: Partial<Extract<ConcurrencySlotCommand, { type: 'ReserveSlot' }>> = {}) =>
  ({ type: 'ReserveSlot', runId, userId, tenant: 't1', term: 1, ttlMs: TTL, ...limits, now: NOW, ...more }) as const;
const reserved = (runId: string, userId: string, at = NOW, term = 1): ConcurrencySlotEvent =>
  ({ type: 'SlotReserved', data: { runId, userId, tenant: 't1', term, expiresAt: at + TTL, at } });
const released = (runId: string, userId: string, how: 'ended' | 'expired' | 'cleared', at = NOW): ConcurrencySlotEvent =>
  ({ type: 'SlotReleased', data: { runId, userId, tenant: 't1', how, at } });

const spec = specification(concurrencySlots);

describe('concurrency slots', () => {
  it('TEST-40: refuse a second run of the same user, with the values', () => {
    spec.given().when(reserve('r1', 'u1')).then([reserved('r1', 'u1')]);
    spec.given([reserved('r1', 'u1')]).when(reserve('r2', 'u1')).thenRefused('E4291', 'user_concurrency', { limit: 1, active: 1 });
    spec.given([reserved('r1', 'u1')]).when(reserve('r2', 'u2')).then([reserved('r2', 'u2')]);
    spec.given().when(reserve('r1', 'u1', { userLimit: 0 })).thenRefused('E4291', 'user_concurrency', { limit: 0, active: 0 });
  });

  it('TEST-41: refuse one more than everybody may have, after the limit of the user', () => {
    const full = [reserved('r1', 'u1'), reserved('r2', 'u2')];
    spec.given(full).when(reserve('r3', 'u3')).thenRefused('E4291', 'global_concurrency', { limit: 2, active: 2 });
    spec.given(full).when(reserve('r3', 'u1')).thenRefused('E4291', 'user_concurrency', { limit: 1, active: 1 });
  });

  it('are reserved once for a piece of work', () => {
    twiceIsOnce(concurrencySlots, [], reserve('r1', 'u1'));
    spec.given([reserved('r1', 'u1')]).when(reserve('r1', 'u1', { now: NOW + 10 })).thenNothing();
  });

  it('TEST-42: are given back at the end, once', () => {
    const release = { type: 'ReleaseSlot', runId: 'r1', term: 1, how: 'ended', now: NOW } as const;
    spec.given([reserved('r1', 'u1')]).when(release).then([released('r1', 'u1', 'ended')]);
    twiceIsOnce(concurrencySlots, [reserved('r1', 'u1')], release);
    spec.given([reserved('r1', 'u1'), released('r1', 'u1', 'cleared')]).when(reserve('r2', 'u1')).then([reserved('r2', 'u1')]);
  });

  it('stay with the next piece of work when the one before gives back late', () => {
    const next = reserved('r1', 'u1', NOW, 2);
    spec.given([reserved('r1', 'u1')]).when(reserve('r1', 'u1', { term: 2 })).then([next]);
    spec.given([next]).when({ type: 'ReleaseSlot', runId: 'r1', term: 1, how: 'ended', now: NOW }).thenNothing();
    spec.given([next]).when({ type: 'RenewSlot', runId: 'r1', term: 1, ttlMs: TTL, now: NOW + 1 }).thenRefused('E4041', 'slot_unknown');
  });

  it('TEST-43: count no more when nobody has renewed them', () => {
    const late = NOW + TTL;
    spec.given([reserved('r1', 'u1')]).when(reserve('r2', 'u1', { now: late })).then([released('r1', 'u1', 'expired', late), reserved('r2', 'u1', late)]);
    spec.given([reserved('r1', 'u1')]).when({ type: 'ExpireSlots', now: late }).then([released('r1', 'u1', 'expired', late)]);
    spec.given([reserved('r1', 'u1')]).when({ type: 'ExpireSlots', now: late - 1 }).thenNothing();
    spec.given([reserved('r1', 'u1')]).when({ type: 'RenewSlot', runId: 'r1', term: 1, ttlMs: TTL, now: late }).thenRefused('E4041', 'slot_unknown');
  });

  it('go on when they are renewed', () => {
    const renew = { type: 'RenewSlot', runId: 'r1', term: 1, ttlMs: TTL, now: NOW + 30_000 } as const;
    const renewed: ConcurrencySlotEvent = { type: 'SlotRenewed', data: { runId: 'r1', tenant: 't1', expiresAt: NOW + 90_000, at: NOW + 30_000 } };
    spec.given([reserved('r1', 'u1')]).when(renew).then([renewed]);
    twiceIsOnce(concurrencySlots, [reserved('r1', 'u1')], renew);
    spec.given([reserved('r1', 'u1'), renewed]).when(reserve('r2', 'u1', { now: NOW + TTL })).thenRefused('E4291', 'user_concurrency');
  });

  it('know no time that goes back', () => {
    spec.given([reserved('r1', 'u1'), released('r1', 'u1', 'ended', NOW + 500)]).when(reserve('r2', 'u2', { now: NOW })).then([reserved('r2', 'u2', NOW + 500)]);
  });

  it('TEST-44: are never more than the limits, whatever comes in whatever order', () => {
    const run = fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5', 'r6');
    const command = fc.oneof(
      fc.record({ type: fc.constant('ReserveSlot' as const), runId: run, term: fc.integer({ min: 1, max: 3 }), ttlMs: fc.integer({ min: 1, max: 50 }) }),
      fc.record({ type: fc.constant('RenewSlot' as const), runId: run, term: fc.integer({ min: 1, max: 3 }), ttlMs: fc.integer({ min: 1, max: 50 }) }),
      fc.record({ type: fc.constant('ReleaseSlot' as const), runId: run, term: fc.integer({ min: 1, max: 3 }), how: fc.constantFrom('ended' as const, 'cleared' as const) }),
      fc.record({ type: fc.constant('ExpireSlots' as const) }),
    );
    fc.assert(fc.property(fc.array(fc.tuple(command, fc.integer({ min: -5, max: 30 })), { maxLength: 60 }), (steps) => {
      let now = NOW;
      const log: ConcurrencySlotEvent[] = [];
      for (const [what, later] of steps) {
        now += later;
        const userOf = (runId: string): string => (Number(runId.slice(1)) % 2 === 0 ? 'even' : 'odd');
        const sent = what.type === 'ReserveSlot'
          ? { ...what, userId: userOf(what.runId), tenant: 't1', userLimit: 2, globalLimit: 3, now } : { ...what, now };
        const decision = concurrencySlots.decide(fold(concurrencySlots, log), sent);
        if ('events' in decision) log.push(...decision.events);
        const { slots, now: clock } = fold(concurrencySlots, log);
        const live = [...slots.values()].filter(({ expiresAt }) => expiresAt > clock);
        expect(live.length).toBeLessThanOrEqual(3);
        for (const user of ['even', 'odd']) expect(live.filter(({ userId }) => userId === user).length).toBeLessThanOrEqual(2);
      }
    }), { numRuns: 300 });
  });
});
