import { useEffect, useImperativeHandle, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent, type Ref } from 'react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useT } from '../../i18n/use-t';
import type { LiveList } from '../../live/live-list';
import { useIds } from '../../live/use-live-list';
import { copyText } from '../copy-text';
import type { Column } from './column';
import styles from './data-table.module.css';
import { Header } from './header';
import { MemoRow } from './row';
import type { ColumnView } from './use-columns';

export interface GridHandle {
  /** Moves the active row by so many places and focuses it. @returns its id */
  move(by: number): string | undefined;
  focusRow(id: string): void;
  toTop(): void;
  /** Whether rows that move would disturb someone right now. */
  busy(): boolean;
}

interface GridProps<Row> {
  ref: Ref<GridHandle>;
  label: string;
  list: LiveList<Row>;
  views: readonly ColumnView<Row>[];
  columns: readonly Column<Row>[];
  tracks: string;
  /** Pixels that all columns need at least. */
  width: number;
  sort: string;
  onSort: (sort: string) => void;
  openId: string | undefined;
  onOpen: (id: string) => void;
  more: boolean;
}

const rowHeight = 36;
const hoverPatienceMs = 300;
/** How many rows before the end the next page is fetched. */
const prefetchRows = 30;

/** The rows of a list: virtual, keyboard first, one tab stop. */
export function Grid<Row>({ ref, label, list, views, columns, tracks, width, sort, onSort, openId, onOpen, more }: GridProps<Row>) {
  const t = useT();
  const ids = useIds(list);
  const scroller = useRef<HTMLDivElement>(null);
  const hoveredSince = useRef<number>(undefined);
  const wantsFocus = useRef(false);
  const [activeId, setActiveId] = useState<string>();
  const activeIndex = Math.max(0, activeId === undefined ? 0 : ids.indexOf(activeId));

  const virtualizer = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    getItemKey: (index) => ids[index] ?? index,
    // The active row stays in the document, so focus survives scrolling.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), activeIndex])]
      .filter((index) => index < ids.length).sort((a, b) => a - b),
  });
  const items = virtualizer.getVirtualItems();
  const lastShown = items.findLast(({ index }) => index !== activeIndex)?.index ?? 0;

  useEffect(() => {
    if (lastShown >= ids.length - prefetchRows) {
      list.loadMore();
    }
  }, [list, lastShown, ids.length]);

  useEffect(() => {
    if (wantsFocus.current) {
      wantsFocus.current = false;
      virtualizer.scrollToIndex(activeIndex);
      scroller.current?.querySelector<HTMLElement>(`[data-row-id="${CSS.escape(activeId ?? '')}"]`)?.focus({ preventScroll: true });
    }
  }, [activeId, activeIndex, virtualizer]);

  function activate(id: string | undefined): void {
    wantsFocus.current = true;
    setActiveId(id);
  }

  function move(by: number): string | undefined {
    const from = activeId === undefined || !ids.includes(activeId) ? (by > 0 ? -1 : 0) : activeIndex;
    const id = ids[Math.min(ids.length - 1, Math.max(0, from + by))];
    activate(id);
    return id;
  }

  useImperativeHandle(ref, () => ({
    move,
    focusRow: (id) => {
      scroller.current?.querySelector<HTMLElement>(`[data-row-id="${CSS.escape(id)}"]`)?.focus();
      activate(id);
    },
    toTop: () => virtualizer.scrollToOffset(0),
    busy: () => (scroller.current?.scrollTop ?? 0) > 0
      || (hoveredSince.current !== undefined && performance.now() - hoveredSince.current > hoverPatienceMs)
      || (document.activeElement instanceof HTMLElement && document.activeElement.dataset.rowId !== undefined),
  }));

  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 2);
    const moves: Record<string, number> = {
      ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -ids.length, End: ids.length,
    };
    const by = moves[event.key];
    const onRow = event.target instanceof HTMLElement && event.target.dataset.rowId !== undefined;
    if (by !== undefined) {
      event.preventDefault();
      const id = move(by);
      if (id && openId !== undefined) {
        onOpen(id);
      }
    } else if (event.key === 'Enter' && onRow && activeId) {
      event.preventDefault();
      onOpen(activeId);
    } else if (event.key === 'y' && onRow && activeId) {
      void copyText(activeId);
    }
  }

  function onClick(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row-id]') : null;
    if (row?.dataset.rowId) {
      setActiveId(row.dataset.rowId);
      onOpen(row.dataset.rowId);
    }
  }

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={more ? -1 : ids.length + 1}
      aria-describedby="table-keys"
      className={styles.grid}
      style={{ '--tracks': tracks, '--width': `${width}px` } as CSSProperties}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onPointerEnter={() => {
        hoveredSince.current = performance.now();
      }}
      onPointerLeave={() => {
        hoveredSince.current = undefined;
      }}
    >
      <span id="table-keys" className="visually-hidden">{t('table.keys')}</span>
      <div role="rowgroup" className={styles.headers}><Header views={views} sort={sort} onSort={onSort} /></div>
      <div role="rowgroup" className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ key, index, start }) => {
          const id = ids[index];
          return id && (
            <MemoRow
              key={key}
              list={list}
              id={id}
              index={index}
              top={start}
              columns={columns}
              active={index === activeIndex}
              open={id === openId}
            />
          );
        })}
      </div>
    </div>
  );
}
