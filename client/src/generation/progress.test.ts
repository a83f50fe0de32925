import { observable } from '../lib/observable';
import type { Handlers, Live, SocketState } from '../live/socket';
import { aGeneration } from './generation.fixture';
import type { GenerationProgressSubscription } from './gql/documents';
import { createProgress } from './progress';

type Item = GenerationProgressSubscription;

it('TEST-57: follows the stages of one run, tells how it stands, and stops with its last reader', () => {
  let feed: Handlers<Item> | undefined;
  const left = jest.fn();
  const live: Live = {
    state: observable<SocketState>({ kind: 'live' }),
    subscribe(_document, variables, handlers) {
      expect(variables).toEqual({ runId: 'run-1' });
      feed = handlers as unknown as Handlers<Item>;
      return left;
    },
    reconnect: () => undefined,
  };
  const item = (change: Partial<Item['runProgress']['step']>, revision: string): Item => ({
    runProgress: {
      __typename: 'RunProgress', cursor: `c${revision}`, run: aGeneration('a fox', { state: 'QUEUED', revision }),
      step: {
        __typename: 'RunStep', stage: 'START', attempt: 1, at: '2030-01-01T00:00:00.000Z', position: null, reason: null, retryAfterMs: null,
        estimatedWaitMs: null, keyName: null, jobId: null, vendorStatus: null, httpStatus: null, ...change,
      },
    },
  } as Item);
  const runs: string[] = [];
  const progress = createProgress(live, 'run-1', ({ revision }) => runs.push(revision));
  const [one, two] = [jest.fn(), jest.fn()];
  const leaveOne = progress.subscribe(one);
  const leaveTwo = progress.subscribe(two);
  feed?.next(item({}, '1'));
  feed?.next(item({ stage: 'WAITING_KEY', reason: 'CONCURRENCY' }, '1'));
  expect(progress.get()).toEqual({ begunAt: '2030-01-01T00:00:00.000Z', wait: { kind: 'key', reason: 'CONCURRENCY', estimatedWaitMs: null } });
  expect(runs).toEqual(['1', '1']);
  expect(feed?.cursor?.(item({}, '2'))).toBe('c2');
  leaveOne();
  expect(left).not.toHaveBeenCalled();
  leaveTwo();
  expect(left).toHaveBeenCalledTimes(1);
});
