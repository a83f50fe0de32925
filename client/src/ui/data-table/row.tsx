import { memo, useEffect, useRef } from 'react';
import { useT } from '../../i18n/use-t';
import { useRow } from '../../live/use-live-list';
import type { LiveList } from '../../live/live-list';
import type { Column } from './column';
import styles from './data-table.module.css';

interface RowProps<Row> {
  list: LiveList<Row>;
  id: string;
  /** Place in the list, from 0. */
  index: number;
  top: number;
  columns: readonly Column<Row>[];
  active: boolean;
  open: boolean;
  /** Whether it is chosen; undefined where rows cannot be. */
  selected: boolean | undefined;
  /** The row in words, for the name of its checkbox; left out where there is none, as another function draws every row again. */
  nameOf: ((row: Row) => string) | undefined;
}

let flashing = 0;

/** Lets a row that changed glow once; at most 20 at a time, none where motion is unwanted. */
function flash(element: HTMLElement): void {
  if (flashing >= 20 || matchMedia('(prefers-reduced-motion: reduce)').matches || !element.animate) {
    return;
  }
  flashing += 1;
  element.animate([{ backgroundColor: 'var(--kl-accent-tint)' }, {}], { duration: 600, easing: 'ease-out' })
    .finished.catch(() => undefined).finally(() => {
      flashing -= 1;
    });
}

function TableRow<Row>({ list, id, index, top, columns, active, open, selected, nameOf }: RowProps<Row>) {
  const t = useT();
  const row = useRow(list, id);
  const element = useRef<HTMLDivElement>(null);
  const seen = useRef(row);

  useEffect(() => {
    if (seen.current !== row && element.current) {
      flash(element.current);
    }
    seen.current = row;
  }, [row]);

  return (
    <div
      ref={element}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected ?? open}
      data-open={open || undefined}
      data-row-id={id}
      tabIndex={active ? 0 : -1}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
    >
      {selected !== undefined && (
        // The grid hears the click; space on the row does the same, so the box is no tab stop of its own.
        <div role="gridcell" className={styles.select} data-select>
          <input type="checkbox" tabIndex={-1} readOnly checked={selected}
            aria-label={t('table.select', { name: row && nameOf ? nameOf(row) : id })} />
        </div>
      )}
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={styles.cell} data-align={column.align} title={row && column.text(row)}>
          {row && column.cell(row)}
        </div>
      ))}
    </div>
  );
}

export const MemoRow = memo(TableRow) as typeof TableRow;
