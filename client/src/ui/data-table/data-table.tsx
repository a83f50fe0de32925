import '@mantine/core/styles/CloseButton.layer.css';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { ActionIcon, Button, Checkbox } from '@mantine/core';
import type { Problem } from '../../graphql/problem';
import { useT, type MessageId } from '../../i18n/use-t';
import { download, toCsv } from '../../lib/csv';
import type { ListSearch, ListSpec } from '../../lib/url-codec';
import type { Entity } from '../../live/entity-store';
import type { ListState, LiveList } from '../../live/live-list';
import { useIds } from '../../live/use-live-list';
import { Empty } from '../empty';
import { IconColumns3, IconDownload, IconPlayerPause, IconPlayerPlay } from '../icons';
import { Popover } from '../popover';
import { ProblemNotice } from '../problem-notice';
import { Skeleton } from '../skeleton';
import { useShortcuts } from '../use-shortcuts';
import type { Column } from './column';
import styles from './data-table.module.css';
import { FilterBar, isFiltered, withoutFilters, type FacetWords } from './filter-bar';
import { Grid, type GridHandle } from './grid';
import { Peek } from './peek';
import { rowsOf, type Selection } from './selection';
import { SelectionBar } from './selection-bar';
import { useArrivals } from './use-arrivals';
import { useColumns } from './use-columns';
import { useOpenRow } from './use-open-row';

interface DataTableProps<Row extends Entity> {
  /** Names the table's preferences and its export file. */
  name: string;
  label: string;
  list: LiveList<Row>;
  state: ListState;
  columns: readonly Column<Row>[];
  spec: ListSpec;
  search: ListSearch;
  onSearch: (change: Partial<ListSearch>) => void;
  facets: Readonly<Record<string, FacetWords>>;
  searchPlaceholder: MessageId;
  /** Says how many new rows wait, with `count`. */
  newRows: MessageId;
  /** Shown when nothing exists yet. */
  empty: ReactNode;
  peekTitle: (row: Row) => string;
  peek: (row: Row) => ReactNode;
  /** Lets rows be chosen, one or many. */
  selection?: Selection;
  /** What can be done with the chosen rows. */
  selectionActions?: ReactNode;
  /** Exports the whole list where the server does that better than page by page. */
  exportAll?: () => Promise<Problem | undefined>;
  /** Beside the search field: how to search. */
  searchHelp?: ReactNode;
}

/** Past this an export would be a job of the server's. */
const exportLimit = 10_000;

/** The one table of the product: filters and order in the URL, live rows that never move under the reader, peek, export. */
export function DataTable<Row extends Entity>(props: DataTableProps<Row>) {
  const { name, label, list, state, columns, spec, search, onSearch, facets, searchPlaceholder, newRows, empty, peekTitle, peek } = props;
  const { selection, selectionActions, exportAll, searchHelp } = props;
  const t = useT();
  const ids = useIds(list);
  const grid = useRef<GridHandle>(null);
  const [paused, setPaused] = useState(false);
  const [exportProblem, setExportProblem] = useState<Problem>();
  const { views, shown, tracks, width, settings, reset } = useColumns(name, columns);
  const { waiting, show } = useArrivals(list, () => paused || search.peek !== undefined || (grid.current?.busy() ?? false));
  const { row: openRow, missing } = useOpenRow(list, search.peek, state.phase === 'ready');

  const open = useCallback((id: string) => onSearch({ peek: id }), [onSearch]);
  const close = useCallback(() => {
    if (search.peek) {
      onSearch({ peek: undefined });
      grid.current?.focusRow(search.peek);
    } else {
      selection?.clear();
    }
  }, [onSearch, search.peek, selection]);
  const move = useCallback((by: number) => {
    const id = grid.current?.move(by);
    if (id && search.peek) {
      open(id);
    }
  }, [open, search.peek]);
  const showNew = useCallback(() => {
    show();
    grid.current?.toTop();
  }, [show]);

  useShortcuts([
    { id: 'list.next', keys: 'j', run: () => move(1) },
    { id: 'list.previous', keys: 'k', run: () => move(-1) },
    { id: 'list.close', keys: 'Escape', run: close },
    { id: 'list.showNew', keys: '.', run: showNew },
    { id: 'list.pause', keys: 'l', run: () => setPaused(!paused) },
    ...(selection ? [{ id: 'list.select', keys: 'x', run: () => grid.current?.toggle() }] : []),
  ]);

  // Another question: what is open beside the old answers goes with them.
  const question = useRef(list);
  useEffect(() => {
    if (question.current !== list) {
      question.current = list;
      grid.current?.toTop();
    }
  }, [list]);

  async function exportCsv(): Promise<void> {
    setExportProblem(undefined);
    if (exportAll) {
      setExportProblem(await exportAll());
      return;
    }
    const rows = await list.everything(exportLimit);
    if ('code' in rows) {
      setExportProblem(rows);
      return;
    }
    downloadRows(rows);
  }

  const downloadRows = (rows: readonly Row[]): void =>
    download(`${name}.csv`, toCsv(shown.map(({ header }) => t(header)), rows.map((row) => shown.map(({ text }) => text(row)))));

  const nothing = ids.length === 0;
  return (
    <div className={styles.table}>
      <div className={styles.toolbar}>
        <FilterBar spec={spec} search={search} onSearch={onSearch} facets={facets} placeholder={searchPlaceholder}
          help={searchHelp} />
        <div className={styles.tools}>
          <ActionIcon variant="default" size={30} aria-label={t(paused ? 'table.resume' : 'table.pause')} aria-pressed={paused}
            title={t(paused ? 'table.resume' : 'table.pause')} onClick={() => setPaused(!paused)}>
            {paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
          </ActionIcon>
          <Popover
            label={t('table.columns')}
            target={(
              <ActionIcon variant="default" size={30} aria-label={t('table.columns')} title={t('table.columns')}>
                <IconColumns3 size={16} />
              </ActionIcon>
            )}
          >
            <div className={styles.options}>
              {settings.map(({ id, visible, toggle }) => (
                <Checkbox key={id} size="xs" label={t(columns.find((column) => column.id === id)?.header ?? 'table.columns')}
                  checked={visible}
                  onChange={toggle} />
              ))}
              <Button size="xs" variant="subtle" onClick={reset}>{t('table.resetColumns')}</Button>
            </div>
          </Popover>
          <ActionIcon variant="default" size={30} aria-label={t('table.export')} title={t('table.export')} onClick={() => void exportCsv()}>
            <IconDownload size={16} />
          </ActionIcon>
        </div>
      </div>
      {exportProblem && <ProblemNotice problem={exportProblem} onRetry={() => void exportCsv()} />}
      {selection && selection.ids.size > 0 && (
        <SelectionBar selection={selection} onExport={() => downloadRows(rowsOf(list, selection))}>{selectionActions}</SelectionBar>
      )}
      <div className={styles.frame} aria-busy={state.fetching}>
        <div className={styles.main}>
          {state.fetching && !nothing && <div className={styles.progress} aria-hidden />}
          {waiting > 0 && (
            <button type="button" className={styles.arrivals} onClick={showNew}>{t(newRows, { count: waiting })}</button>
          )}
          {nothing && state.phase === 'loading' && <Skeleton rows={12} />}
          {nothing && state.phase === 'failed' && state.problem && (
            <div className={styles.notice}><ProblemNotice problem={state.problem} onRetry={list.reload} /></div>
          )}
          {nothing && state.phase === 'ready' && (isFiltered(search) ? (
            <Empty
              title={t('table.noMatch')}
              action={<Button size="xs" variant="default" onClick={() => onSearch(withoutFilters)}>{t('table.clear')}</Button>}
            >
              {t('table.noMatchHint')}
            </Empty>
          ) : empty)}
          {!nothing && (
            <Grid
              ref={grid}
              label={label}
              list={list}
              views={views}
              columns={shown}
              tracks={tracks}
              width={width}
              sort={search.sort}
              onSort={(sort) => onSearch({ sort })}
              openId={search.peek}
              onOpen={open}
              more={state.more}
              selection={selection}
              nameOf={peekTitle}
            />
          )}
          {!nothing && (
            <p className={styles.footer} aria-live="off">
              {t(state.more ? 'table.loadedMore' : 'table.loadedAll', { count: ids.length })}
              {list.store.cut() && ` · ${t('table.cut')}`}
              {state.phase === 'ready' && state.problem && ` · ${t('table.pageFailed')}`}
            </p>
          )}
        </div>
        {missing && <Peek title={t('peek.missing')} onClose={close} onMove={move}><p className="muted">{t('error.E4041')}</p></Peek>}
        {openRow && <Peek title={peekTitle(openRow)} onClose={close} onMove={move}>{peek(openRow)}</Peek>}
      </div>
    </div>
  );
}
