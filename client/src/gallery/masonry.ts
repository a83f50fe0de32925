/** Pixels between two tiles. */
const GAP = 8;
/** Height of one row of the grid in pixels; a tile covers many. */
export const ROW = 4;
const NARROWEST = 220;

export interface Columns {
  count: number;
  /** Pixels of one column. */
  width: number;
}

/** As many columns as fit; two on the narrowest screens. */
export function columnsIn(width: number): Columns {
  const count = Math.max(2, Math.floor((width + GAP) / (NARROWEST + GAP)));
  return { count, width: Math.max(1, (width - GAP * (count - 1)) / count) };
}

/** Rows of the grid that a picture covers at the width of a column, with the gap below it; a square where its size is not known. */
export function rowsOf({ width, height }: { width: number | null; height: number | null }, column: number): number {
  const ratio = width !== null && height !== null && width > 0 && height > 0 ? height / width : 1;
  // Neither a banner nor a tower takes the whole page.
  const tall = column * Math.min(2.5, Math.max(0.4, ratio));
  return Math.ceil((tall + GAP) / ROW);
}
