import { createClient, type Exchange, type OperationResult } from '@urql/core';
import { filter, fromPromise, mergeMap, pipe } from 'wonka';
import { fakeLive } from '../../test/fake-live';
import { createConcurrency } from './concurrency';

const told = (mine: number) => ({ __typename: 'Concurrency' as const, userLimit: 1, globalLimit: 4, mine, total: mine });

/** A server that answers the next open question when it is told to. */
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

const settled = () => new Promise((resolve) => {
  setTimeout(resolve);
});

it('TEST-84: an answer asked for before one\'s own act does not undo what the act answered', async () => {
  const { client, open } = slowServer();
  const concurrency = createConcurrency(client, fakeLive().live);
  const leave = concurrency.subscribe(() => undefined);
  concurrency.take(told(0));
  open.shift()?.(1);
  await settled();
  expect(concurrency.get()).toEqual(told(0));
  leave();
});
