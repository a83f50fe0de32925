import { useMemo, useState } from 'react';

export interface HeldRow<Row> {
  row: Row;
  /** It has left the list since the pointer came. */
  gone: boolean;
}

/**
 * Rows of a live list that stay where they are while they are held: who left stands there as gone, who came stands at
 * the end.
 */
export function heldRows<Row extends { id: string }>(
  held: readonly HeldRow<Row>[], rows: readonly Row[], holding: boolean): readonly HeldRow<Row>[] {
  const present = rows.map((row) => ({ row, gone: false }));
  if (!holding) {
    return present;
  }
  const byId = new Map(rows.map((row) => [row.id, row]));
  const shown = new Set(held.map(({ row }) => row.id));
  return [
    ...held.map(({ row }) => ({ row: byId.get(row.id) ?? row, gone: !byId.has(row.id) })),
    ...present.filter(({ row }) => !shown.has(row.id)),
  ];
}

/** Holds the rows of a list for as long as the pointer is on it. */
export function useHeldRows<Row extends { id: string }>(rows: readonly Row[]) {
  const [holding, setHolding] = useState(false);
  const [held, setHeld] = useState<readonly HeldRow<Row>[]>([]);
  const next = heldRows(held, rows, holding);
  if (next.length !== held.length || next.some(({ row, gone }, place) => row !== held[place]?.row || gone !== held[place].gone)) {
    setHeld(next);
  }
  const handlers = useMemo(() => ({ onPointerEnter: () => setHolding(true), onPointerLeave: () => setHolding(false) }), []);
  return { held: next, handlers };
}
