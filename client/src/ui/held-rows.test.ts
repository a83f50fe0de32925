import { heldRows } from './held-rows';

const rows = (...ids: string[]) => ids.map((id) => ({ id }));
const texts = (held: ReturnType<typeof heldRows<{ id: string }>>) => held.map(({ row, gone }) => (gone ? `${row.id} gone` : row.id));

it('follows the list while nobody points at it', () => {
  const first = heldRows([], rows('a', 'b', 'c'), false);
  expect(texts(heldRows(first, rows('b', 'c', 'd'), false))).toEqual(['b', 'c', 'd']);
});

it('moves nothing under the pointer, and catches up when it leaves', () => {
  const first = heldRows([], rows('a', 'b', 'c'), false);
  const second = heldRows(first, rows('x', 'b', 'c'), true);
  expect(texts(second)).toEqual(['a gone', 'b', 'c', 'x']);
  const third = heldRows(second, rows('x', 'c', 'y'), true);
  expect(texts(third)).toEqual(['a gone', 'b gone', 'c', 'x', 'y']);
  expect(texts(heldRows(third, rows('x', 'c', 'y'), false))).toEqual(['x', 'c', 'y']);
});

it('shows what a held row says now', () => {
  const held = heldRows([], [{ id: 'a', text: 'old' }], false);
  expect(heldRows(held, [{ id: 'a', text: 'new' }], true)).toEqual([{ row: { id: 'a', text: 'new' }, gone: false }]);
});
