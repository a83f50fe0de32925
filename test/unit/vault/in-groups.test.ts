import { inGroups } from '../../../src/vault/in-groups';

/** A function of many whose calls are settled by hand. */
function held() {
  const calls: { items: readonly number[]; resolve(results: string[]): void; reject(error: Error): void }[] = [];
  const run = (items: readonly number[]): Promise<string[]> => new Promise((resolve, reject) => calls.push({ items, resolve, reject }));
  return { calls, run };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('in groups', () => {
  it('sends together what is asked in one turn, and gathers the rest while that is on its way', async () => {
    const { calls, run } = held();
    const one = inGroups(run, 10);
    const first = [one(1), one(2)];
    await settled();
    const second = [one(3), one(4), one(5)];
    await settled();
    expect(calls.map(({ items }) => items)).toEqual([[1, 2]]);
    calls[0]!.resolve(['a', 'b']);
    expect(await Promise.all(first)).toEqual(['a', 'b']);
    await settled();
    expect(calls.map(({ items }) => items)).toEqual([[1, 2], [3, 4, 5]]);
    calls[1]!.resolve(['c', 'd', 'e']);
    expect(await Promise.all(second)).toEqual(['c', 'd', 'e']);
  });

  it('keeps to the largest group', async () => {
    const sizes: number[] = [];
    const double = inGroups(async (items: readonly number[]) => {
      sizes.push(items.length);
      return items.map((item) => item * 2);
    }, 3);
    expect(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(double))).toEqual([2, 4, 6, 8, 10, 12, 14]);
    expect(sizes).toEqual([3, 3, 1]);
  });

  it('fails a group as a whole, and goes on', async () => {
    const { calls, run } = held();
    const one = inGroups(run, 10);
    const failing = Promise.allSettled([one(1), one(2)]);
    await settled();
    calls[0]!.reject(new Error('gone'));
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = one(3);
    await settled();
    calls[1]!.resolve(['c']);
    expect(await next).toBe('c');
  });
});
