import type { RunStage } from './gql/documents';
import { lastAttemptOf, spansOf } from './timeline';

const start = Date.parse('2026-01-01T12:00:00Z');
const steps = (...told: [RunStage, number][]) => told.map(([stage, second]) => ({ stage, at: new Date(start + second * 1_000).toISOString() }));
const seconds = (spans: ReturnType<typeof spansOf>) => spans.map(({ phase, from, to }) => `${phase} ${(from - start) / 1_000}-${(to - start) / 1_000}`);

it('sets the time in the queue apart from handing over and the vendor\'s work', () => {
  const done = steps(['START', 0], ['ACQUIRE_LEASE', 1], ['LEASE_ACQUIRED', 9], ['SUBMITTING', 9], ['SUBMITTED', 10], ['POLLING', 10], ['COMPLETED', 25]);
  expect(seconds(spansOf(done, start + 99_000))).toEqual(['QUEUE 0-9', 'HANDOVER 9-10', 'WORK 10-25']);
});

it('goes on to this moment while the run does', () => {
  expect(seconds(spansOf(steps(['START', 0], ['ACQUIRE_LEASE', 1]), start + 7_000))).toEqual(['QUEUE 0-7']);
  // A clock behind the server's does not turn time around.
  expect(seconds(spansOf(steps(['START', 5]), start))).toEqual(['QUEUE 5-5']);
});

it('leaves out the time between giving up and looking again, and what a diagnosis took', () => {
  const watched = steps(['START', 0], ['LEASE_ACQUIRED', 1], ['SUBMITTED', 2], ['TIMED_OUT', 5], ['WATCH', 50], ['FAILED', 60], ['DIAGNOSED', 70]);
  expect(seconds(spansOf(watched, start + 99_000))).toEqual(['QUEUE 0-1', 'HANDOVER 1-2', 'WORK 2-5', 'WORK 50-60']);
});

it('knows the steps since the run was last begun anew', () => {
  const twice = steps(['START', 0], ['FAILED', 1], ['RETRY', 5], ['LEASE_ACQUIRED', 6]);
  expect(lastAttemptOf(twice).map(({ stage }) => stage)).toEqual(['RETRY', 'LEASE_ACQUIRED']);
  expect(lastAttemptOf(twice.slice(0, 2))).toHaveLength(2);
  expect(lastAttemptOf([])).toEqual([]);
});
