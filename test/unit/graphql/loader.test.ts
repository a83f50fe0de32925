import type { Context } from '../../../src/graphql/context';
import { mapped } from '../../../src/graphql/change';
import { defineLoader, groupedInOrderOf, inOrderOf, loaders } from '../../../src/graphql/loader';
import { limits } from '../../../src/graphql/limits';

const contextWith = (fields: object): Context => ({ loader: loaders(), ...fields }) as unknown as Context;

test('keys asked for together are read together, in parts that are bounded, and each once', async () => {
  const batches: number[] = [];
  const double = defineLoader<number, number>('double', async (_context, keys) => {
    batches.push(keys.length);
    return keys.map((key) => key * 2);
  });
  const context = contextWith({});
  const keys = Array.from({ length: limits.loaderBatch + 1 }, (_, index) => index);
  expect(await Promise.all([...keys, 5].map((key) => context.loader(double).load(key)))).toEqual([...keys.map((key) => key * 2), 10]);
  expect(batches).toEqual([limits.loaderBatch, 1]);
});

test('loaders see the context they are used with, also a copy of it, and share nothing with another', async () => {
  const who = defineLoader<string, string>('who', async (context, keys) => keys.map(() => (context as unknown as { name: string }).name));
  const [first, second] = [contextWith({ name: 'first' }), contextWith({ name: 'second' })];
  const copy = { ...first, name: 'copy of the first' };
  expect(await copy.loader(who).load('x')).toBe('copy of the first');
  expect(await second.loader(who).load('x')).toBe('second');
});

test('rows are put in the order of the keys', () => {
  const rows = [{ id: 'b' }, { id: 'a' }, { id: 'b', second: true }];
  expect(inOrderOf(['a', 'x', 'b'], rows, (row) => row.id)).toEqual([{ id: 'a' }, undefined, { id: 'b', second: true }]);
  expect(groupedInOrderOf(['b', 'x', 'a'], rows, (row) => row.id)).toEqual([[{ id: 'b' }, { id: 'b', second: true }], [], [{ id: 'a' }]]);
});

test('a mapped iterator can be ended while it waits', async () => {
  let ended = false;
  let wake: ((result: IteratorResult<number>) => void) | undefined;
  const source: AsyncIterableIterator<number> = {
    next: () => new Promise((resolve) => { wake = resolve; }),
    async return() {
      ended = true;
      wake?.({ done: true, value: undefined });
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => source,
  };
  const iterator = mapped(source, async (item) => item + 1);
  const waiting = iterator.next();
  await iterator.return?.();
  expect(ended).toBe(true);
  expect(await waiting).toEqual({ done: true, value: undefined });
});
