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
import type { Selection } from './selection';
import type { ColumnView } from './use-columns';

export interface GridHandle {
  /** Moves the active row by so many places and focuses it. @returns its id */
  move(by: number): string | undefined;
  focusRow(id: string): void;
  /** Chooses the active row, or lets go of it, where rows can be chosen. */
  toggle(): void;
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
  selection: Selection | undefined;
  nameOf: (row: Row) => string;
}

const rowHeight = 36;
const selectWidth = 40;
const hoverPatienceMs = 300;
/** How many rows before the end the next page is fetched. */
const prefetchRows = 30;

function shareOf(ids: readonly string[], selection: Selection): 'none' | 'some' | 'all' {
  if (selection.ids.size === 0) {
    return 'none';
  }
  return ids.every((id) => selection.ids.has(id)) ? 'all' : 'some';
}

/** The rows of a list: virtual, keyboard first, one tab stop. */
export function Grid<Row>(props: GridProps<Row>) {
  const { ref, label, list, views, columns, tracks, width, sort, onSort, openId, onOpen, more, selection, nameOf } = props;
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
    toggle: () => activeId !== undefined && ids.includes(activeId) && selection?.toggle(activeId),
    toTop: () => virtualizer.scrollToOffset(0),
    busy: () => (scroller.current?.scrollTop ?? 0) > 0
      || (hoveredSince.current !== undefined && performance.now() - hoveredSince.current > hoverPatienceMs)
      || (document.activeElement instanceof HTMLElement && document.activeElement.dataset.rowId !== undefined),
  }));

  function selectAll({ set, clear }: Selection): void {
    if (ids.every((id) => selection?.ids.has(id))) {
      clear();
    } else {
      set(ids);
    }
  }

  /** Space and x choose a row, shift and space a range, Ctrl or Cmd with a takes all. @returns whether the key was one of these */
  function select({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent, chosen: Selection, onRow: boolean): boolean {
    if (key === 'a' && (ctrlKey || metaKey)) {
      selectAll(chosen);
    } else if (!onRow || !activeId) {
      return false;
    } else if (key === ' ' || key === 'x') {
      (shiftKey ? chosen.extendTo : chosen.toggle)(activeId);
    } else if (shiftKey && (key === 'ArrowDown' || key === 'ArrowUp')) {
      const id = move(key === 'ArrowDown' ? 1 : -1);
      chosen.set([...chosen.ids, activeId, ...(id ? [id] : [])]);
    } else {
      return false;
    }
    return true;
  }

  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 2);
    const moves: Record<string, number> = {
      ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -ids.length, End: ids.length,
    };
    const by = moves[event.key];
    const onRow = event.target instanceof HTMLElement && event.target.dataset.rowId !== undefined;
    if (selection && select(event, selection, onRow)) {
      event.preventDefault();
    } else if (by !== undefined) {
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
    const id = row?.dataset.rowId;
    if (!id) {
      return;
    }
    setActiveId(id);
    if (selection && event.target instanceof Element && event.target.closest('[data-select]')) {
      (event.shiftKey ? selection.extendTo : selection.toggle)(id);
    } else {
      onOpen(id);
    }
  }

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={more ? -1 : ids.length + 1}
      aria-multiselectable={selection ? true : undefined}
      aria-describedby="table-keys"
      className={styles.grid}
      data-selectable={selection ? true : undefined}
      style={{
        '--tracks': selection ? `${selectWidth}px ${tracks}` : tracks,
        '--width': `${selection ? width + selectWidth : width}px`,
      } as CSSProperties}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onClick={onClick}
      // However the focus came to a row: the keys are about that one.
      onFocus={({ target }) => target instanceof HTMLElement && target.dataset.rowId && setActiveId(target.dataset.rowId)}
      onPointerEnter={() => {
        hoveredSince.current = performance.now();
      }}
      onPointerLeave={() => {
        hoveredSince.current = undefined;
      }}
    >
      <span id="table-keys" className="visually-hidden">{t('table.keys')}{selection && ` ${t('table.selectKeys')}`}</span>
      <div role="rowgroup" className={styles.headers}>
        <Header views={views} sort={sort} onSort={onSort} selected={selection && shareOf(ids, selection)}
          onSelectAll={() => selection && selectAll(selection)} />
      </div>
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
              selected={selection?.ids.has(id)}
              nameOf={selection && nameOf}
            />
          );
        })}
      </div>
    </div>
  );
}
