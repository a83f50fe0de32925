import { loadTest, type LoadTestCommand, type LoadTestPlan } from '../../../commands/load-test/decider';
import type { LoadTestEvent } from '../../../schema/load-test/events';
import { specification } from '../../support/specification';

const plan: LoadTestPlan = { loadTestId: 'l1', providers: ['a'], bursts: [5], minHoldMs: 100, maxHoldMs: 500, requestedBy: 'u1' };
const results = [{ provider: 'a', burst: 5, succeeded: 5, failed: 0, averageMs: 1, p50Ms: 1, p95Ms: 1, p99Ms: 1, maxMs: 1, keys: [{ name: 'k', grants: 5 }] }];
const request: LoadTestCommand = { type: 'RequestLoadTest', plan };
const finish: LoadTestCommand = { type: 'FinishLoadTest', results };
const fail: LoadTestCommand = { type: 'FailLoadTest', reason: 'why' };
const requested: LoadTestEvent = { type: 'LoadTestRequested', data: plan };
const finished: LoadTestEvent = { type: 'LoadTestFinished', data: { loadTestId: 'l1', results } };
const failed: LoadTestEvent = { type: 'LoadTestFailed', data: { loadTestId: 'l1', reason: 'why' } };
const spec = specification(loadTest);

test('a load test is asked for, and ends with its figures or a reason', () => {
  spec.given().when(request).then([requested]);
  spec.given([requested]).when(finish).then([finished]);
  spec.given([requested]).when(fail).then([failed]);
});

test('twice is once', () => {
  spec.given([requested]).when(request).thenNothing();
  spec.given([requested, finished]).when(finish).thenNothing();
  spec.given([requested, failed]).when(fail).thenNothing();
});

test('what has ended stays as it ended', () => {
  spec.given([requested, finished]).when(fail).thenNothing();
  spec.given([requested, failed]).when(finish).thenNothing();
});

test('what was never asked for cannot end', () => {
  spec.given().when(finish).thenRefused('E4041', 'load_test_unknown');
  spec.given().when(fail).thenRefused('E4041', 'load_test_unknown');
});

test('no lease is held for longer than the longest time and shorter than the shortest', () => {
  spec.given().when({ type: 'RequestLoadTest', plan: { ...plan, minHoldMs: 501 } }).thenRefused('V1004', 'hold_times');
});
