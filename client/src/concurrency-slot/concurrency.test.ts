import { createClient, type Exchange, type OperationResult } from '@urql/core';
import { filter, fromPromise, mergeMap, pipe } from 'wonka';
import { fakeLive } from '../../test/fake-live';
import type { Live } from '../live/socket';
import { createConcurrency } from './concurrency';

const told = (mine: number) => ({ __typename: 'Concurrency' as const, userLimit: 1, globalLimit: 4, mine, total: mine });

/** A server that answers each open question when it is told to. */
function slowServer() {
  const open: ((mine: number) => void)[] = [];
  const server: Exchange = () => (operations) => pipe(
    operations,
    filter(({ kind }) => kind === 'query'),
    mergeMap((operation) => fromPromise(new Promise<OperationResult>((resolve) => {
      open.push((mine) => resolve({ operation, data: { concurrency: told(mine) }, error: undefined, extensions: undefined, stale: false, hasNext: false }));
    }))),
  );
  return { client: createClient({ url: '/graphql', exchanges: [server], preferGetMethod: false }), open };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('TEST-84: an answer asked for before one\'s own act does not undo what the act answered', async () => {
  const { client, open } = slowServer();
  const concurrency = createConcurrency(client, fakeLive().live);
  const leave = concurrency.subscribe(() => undefined);
  concurrency.take(told(0));
  open.shift()?.(1);
  await jest.advanceTimersByTimeAsync(0);
  expect(concurrency.get()).toEqual({ value: told(0) });
  leave();
});

it('TEST-84: asks once for many changes, and once more when it is quiet, because a place is given back after the end of its run', async () => {
  const { client, open } = slowServer();
  let change = (): void => undefined;
  const live: Live = {
    ...fakeLive().live,
    subscribe(_document, _variables, { next }) {
      change = () => next({ runChanged: { cursor: '1', node: { id: 'one' } } } as never);
      return () => undefined;
    },
  };
  const concurrency = createConcurrency(client, live);
  const leave = concurrency.subscribe(() => undefined);
  open.shift()?.(1);
  change();
  change();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(open).toHaveLength(1);
  open.shift()?.(1);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(open).toHaveLength(1);
  open.shift()?.(0);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(concurrency.get()).toEqual({ value: told(0) });
  expect(open).toEqual([]);
  change();
  leave();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(open).toEqual([]);
});
