import fc from 'fast-check';
import { collapse } from '../../../src/projection-runtime/changes';
import type { Change } from '../../../src/projection-runtime/projector';

type Table = Map<string, Record<string, unknown>>;

/** What each change means, one at a time, as Postgres would do it. */
function apply(table: Table, change: Change): void {
  if (change.kind === 'job') return;
  const key = String(change.key.id);
  const row = table.get(key);
  const { position } = change;
  switch (change.kind) {
    case 'put':
      table.set(key, { ...row, ...change.set, position });
      break;
    case 'patch':
      if (row) table.set(key, { ...row, ...change.set, position });
      break;
    case 'add':
      if (row) {
        const next: Record<string, unknown> = { ...row, ...change.set, position };
        for (const [column, increment] of Object.entries(change.add)) {
          next[column] = BigInt((row[column] ?? 0) as number) + BigInt(increment);
        }
        table.set(key, next);
      }
      break;
    case 'remove':
      table.delete(key);
  }
}

const texts = (table: Table): unknown => Object.fromEntries([...table].map(([key, row]) =>
  [key, Object.fromEntries(Object.entries(row).map(([column, value]) => [column, String(value)]))]));

const id = fc.constantFrom('a', 'b');
const set = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.oneof(fc.integer(), fc.constant(null)), { maxKeys: 3 });
const add = fc.dictionary(fc.constantFrom('x', 'y'), fc.integer({ min: -5, max: 5 }), { minKeys: 1, maxKeys: 2 });
/** The columns of `set` are others than those of `add`. */
const anyChange = fc.oneof(
  fc.record({ kind: fc.constantFrom('put' as const, 'patch' as const), key: fc.record({ id }), set }),
  fc.record({ kind: fc.constant('add' as const), key: fc.record({ id }), add }),
  fc.record({ kind: fc.constant('add' as const), key: fc.record({ id }), add, set: fc.dictionary(fc.constant('z'), fc.integer()) }),
  fc.record({ kind: fc.constant('remove' as const), key: fc.record({ id }) }),
);

const increment = (n: number, index: number): Change =>
  ({ kind: 'add', table: 't', key: { id: 'a' }, add: { n }, position: BigInt(index) });

describe('collapsing changes', () => {
  it('has the same effect, with each row at most once in a round', () => {
    fc.assert(fc.property(fc.array(anyChange, { maxLength: 20 }), fc.array(id), (changes, present) => {
      const positioned = changes.map((change, index) => ({ ...change, table: 't', position: BigInt(index) }) as Change);
      const start = (): Table => new Map(present.map((key) => [key, { x: 1, position: -1n }]));
      const [oneByOne, collapsed] = [start(), start()];
      for (const change of positioned) apply(oneByOne, change);
      for (const round of collapse(positioned).rounds) {
        expect(new Set(round.map(({ key }) => key.id)).size).toBe(round.length);
        for (const change of round) apply(collapsed, change);
      }
      expect(texts(collapsed)).toEqual(texts(oneByOne));
    }), { numRuns: 500 });
  });

  it('writes a hot row once', () => {
    const hot = Array.from({ length: 500 }, (_, index) => increment(1, index));
    expect(collapse(hot).rounds).toEqual([[{ kind: 'add', table: 't', key: { id: 'a' }, add: { n: 500n }, position: 499n }]]);
  });

  it('makes one change of counting and of what else is new', () => {
    const changes: Change[] = [
      increment(2, 1),
      { kind: 'patch', table: 't', key: { id: 'a' }, set: { seen: 'now' }, position: 1n },
      increment(3, 2),
      { kind: 'patch', table: 't', key: { id: 'a' }, set: { seen: 'later' }, position: 2n },
    ];
    const both = { kind: 'add', table: 't', key: { id: 'a' }, add: { n: 5n }, set: { seen: 'later' }, position: 2n };
    expect(collapse(changes).rounds).toEqual([[both]]);
  });

  it('leaves sums that JavaScript would round to the database', () => {
    expect(collapse([0.1, 0.2].map(increment)).rounds).toHaveLength(2);
  });

  it('keeps the last job of each key, in the order of the last', () => {
    const job = (jobKey: string, n: number): Change => ({ kind: 'job', task: 't', payload: { n }, jobKey });
    expect(collapse([job('a', 1), job('b', 2), job('a', 3)]).jobs.map(({ payload }) => payload.n)).toEqual([2, 3]);
  });
});
