import { useT } from '../../i18n/use-t';
import { IconArrowDown, IconArrowUp } from '../icons';
import styles from './data-table.module.css';
import type { ColumnView } from './use-columns';

interface HeaderProps<Row> {
  views: readonly ColumnView<Row>[];
  /** Field, with a leading `-` for descending. */
  sort: string;
  onSort: (sort: string) => void;
  /** How much of what is loaded is chosen; undefined where rows cannot be. */
  selected: 'none' | 'some' | 'all' | undefined;
  onSelectAll: () => void;
}

const nudgePx = 16;

export function Header<Row>({ views, sort, onSort, selected, onSelectAll }: HeaderProps<Row>) {
  const t = useT();
  const field = sort.replace(/^-/, '');
  const descending = sort.startsWith('-');
  const Arrow = descending ? IconArrowDown : IconArrowUp;

  return (
    <div role="row" aria-rowindex={1} className={styles.header}>
      {selected !== undefined && (
        <div role="columnheader" className={styles.select}>
          <input
            ref={(box) => {
              if (box) {
                box.indeterminate = selected === 'some';
              }
            }}
            type="checkbox"
            aria-label={t('table.selectAll')}
            checked={selected === 'all'}
            onChange={onSelectAll}
          />
        </div>
      )}
      {views.map(({ column, resizing, startResize, nudge }) => {
        const sorted = column.sort !== undefined && column.sort === field;
        return (
          <div
            key={column.id}
            role="columnheader"
            className={styles.heading}
            data-align={column.align}
            aria-sort={sorted ? (descending ? 'descending' : 'ascending') : undefined}
          >
            {column.sort === undefined ? <span>{t(column.header)}</span> : (
              <button type="button" className={styles.sort}
                onClick={() => onSort(sorted && !descending ? `-${field}` : (column.sort ?? ''))}>
                {t(column.header)}
                {sorted && <Arrow size={12} aria-hidden />}
              </button>
            )}
            <button
              type="button"
              tabIndex={-1}
              className={styles.resize}
              data-resizing={resizing || undefined}
              aria-label={t('table.resize', { column: t(column.header) })}
              onPointerDown={startResize}
              onMouseDown={startResize}
              onKeyDown={(event) => {
                if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
                  nudge(event.key === 'ArrowLeft' ? -nudgePx : nudgePx);
                }
              }}
            />
          </div>
        );
      })}
    </div>
  );
}
