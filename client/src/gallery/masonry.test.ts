import { columnsIn, rowsOf } from './masonry';

it.each([[300, 2], [700, 3], [1_000, 4], [1_600, 7]])('%d pixels hold %d columns and the gaps between them', (width, count) => {
  const columns = columnsIn(width);
  expect(columns.count).toBe(count);
  expect(columns.width * count + 8 * (count - 1)).toBeCloseTo(width);
});

it('gives each picture the rows of its proportions, within reason', () => {
  expect(rowsOf({ width: 512, height: 512 }, 232)).toBe(60);
  expect(rowsOf({ width: 1_024, height: 512 }, 232)).toBe(31);
  expect(rowsOf({ width: null, height: null }, 232)).toBe(60);
  expect(rowsOf({ width: 100, height: 10_000 }, 232)).toBe(rowsOf({ width: 100, height: 250 }, 232));
  expect(rowsOf({ width: 10_000, height: 100 }, 232)).toBe(rowsOf({ width: 100, height: 40 }, 232));
});
