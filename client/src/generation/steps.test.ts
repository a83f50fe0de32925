import { isActive } from '../run';
import { after, noProgress, stepsOf, waitOf, type ProgressStep } from './steps';

const at = '2030-01-01T00:00:00.000Z';
const stage = (changed: Partial<ProgressStep>): ProgressStep => ({
  __typename: 'RunStep', stage: 'START', attempt: 1, at, position: null, reason: null, retryAfterMs: null, estimatedWaitMs: null,
  keyName: null, jobId: null, vendorStatus: null, httpStatus: null, ...changed,
});
const standings = (run: Parameters<typeof stepsOf>[0]) => stepsOf(run).map(({ standing }) => standing).join(' ');

describe('the way of a generation', () => {
  it.each([
    ['REQUESTED', null, null, 'now ahead ahead ahead ahead'],
    ['QUEUED', null, null, 'now ahead ahead ahead ahead'],
    ['LEASED', 'k', null, 'done done now ahead ahead'],
    ['SUBMITTED', 'k', 'j', 'done done done now ahead'],
    ['POLLING', 'k', 'j', 'done done done now ahead'],
    ['SUCCEEDED', 'k', 'j', 'done done done done done'],
    ['REJECTED', null, null, 'failed ahead ahead ahead ahead'],
    ['FAILED', 'k', null, 'done done failed ahead ahead'],
    ['TIMED_OUT', 'k', 'j', 'done done done failed ahead'],
    ['CANCELLED', null, null, 'failed ahead ahead ahead ahead'],
  ] as const)('%s with key %s and job %s', (state, keyName, jobId, expected) => {
    expect(standings({ state, keyName, jobId })).toBe(expected);
    expect(isActive({ state })).toBe(expected.includes('now'));
  });

  it('TEST-57: says what it waits for, and only while it waits', () => {
    expect(waitOf(stage({ stage: 'WAITING_TURN', position: 3, estimatedWaitMs: 40_000 }))).toEqual({ kind: 'turn', position: 3, estimatedWaitMs: 40_000 });
    expect(waitOf(stage({ stage: 'WAITING_KEY', reason: 'MIXED' }))).toEqual({ kind: 'key', reason: 'MIXED', estimatedWaitMs: null });
    expect(waitOf(stage({ stage: 'WAITING_RPM', retryAfterMs: 1_200 }))).toEqual({ kind: 'rate', seconds: 2 });
    expect(waitOf(stage({ stage: 'LEASE_ACQUIRED' }))).toBeUndefined();
  });

  it('counts from the beginning of the newest attempt', () => {
    const first = after(noProgress, stage({ at: '2030-01-01T00:00:01.000Z' }));
    const waiting = after(first, stage({ stage: 'WAITING_TURN', position: 1, at: '2030-01-01T00:00:02.000Z' }));
    expect(waiting).toMatchObject({ begunAt: '2030-01-01T00:00:01.000Z', wait: { kind: 'turn' } });
    expect(after(waiting, stage({ stage: 'RETRY', at: '2030-01-01T00:01:00.000Z' }))).toEqual({ begunAt: '2030-01-01T00:01:00.000Z', wait: undefined });
  });
});
