import { useMemo } from 'react';
import {
  columnResizingFeature, columnSizingFeature, columnVisibilityFeature, tableFeatures, useTable, type ColumnDef,
} from '@tanstack/react-table';
import { prefer, preferences } from '../../lib/preferences';
import type { Column } from './column';

const features = tableFeatures({ columnVisibilityFeature, columnSizingFeature, columnResizingFeature });
const noRows: never[] = [];
const narrowest = 64;

export interface ColumnView<Row> {
  column: Column<Row>;
  resizing: boolean;
  startResize(event: unknown): void;
  /** Makes the column wider or narrower by pixels, for the keyboard. */
  nudge(by: number): void;
}

export interface ColumnSetting {
  id: string;
  visible: boolean;
  toggle(): void;
}

/**
 * Which columns show and how wide, kept per person and table. Rows are not TanStack's business here: they live in the
 * entity store and are drawn by id.
 */
export function useColumns<Row>(table: string, columns: readonly Column<Row>[]) {
  const definitions = useMemo(() => columns.map(({ id, width }): ColumnDef<typeof features, object> =>
    ({ id, header: id, size: width, minSize: narrowest, cell: () => null })), [columns]);
  const kept = preferences.get().tables[table];
  const model = useTable({
    features,
    columns: definitions,
    data: noRows,
    columnResizeMode: 'onChange',
    initialState: {
      columnSizing: kept?.widths ?? {},
      columnVisibility: Object.fromEntries((kept?.hidden ?? []).map((id) => [id, false])),
    },
  });
  const { columnSizing, columnVisibility } = model.state;

  function keep(change: { hidden?: string[]; widths?: Record<string, number> }): void {
    const { tables } = preferences.get();
    prefer({ tables: { ...tables, [table]: { ...tables[table], ...change } } });
  }

  const byId = new Map(columns.map((column) => [column.id, column]));
  const headers = model.getHeaderGroups()[0]?.headers ?? [];
  const views = headers.flatMap((header): ColumnView<Row>[] => {
    const column = byId.get(header.column.id);
    return column ? [{
      column,
      resizing: header.column.getIsResizing(),
      startResize: (event) => {
        header.getResizeHandler()(event);
        window.addEventListener('pointerup', () => keep({ widths: model.state.columnSizing }), { once: true });
      },
      nudge: (by) => {
        const widths = { ...columnSizing, [column.id]: Math.max(narrowest, header.column.getSize() + by) };
        model.setColumnSizing(widths);
        keep({ widths });
      },
    }] : [];
  });

  const order = views.map(({ column }) => column.id).join();
  const shown = useMemo(() => {
    const ids = order.split(',');
    return columns.filter(({ id }) => ids.includes(id));
  }, [columns, order]);

  return {
    views,
    /** The columns of the views; the same array until that changes. */
    shown,
    /** CSS grid tracks in the order of the views. */
    tracks: views.map(({ column }) => (column.grow && columnSizing[column.id] === undefined
      ? `minmax(${column.width}px, 1fr)`
      : `${columnSizing[column.id] ?? column.width}px`)).join(' '),
    /** Pixels that all columns need at least. */
    width: views.reduce((sum, { column }) => sum + (columnSizing[column.id] ?? column.width), 0),
    settings: columns.map(({ id }): ColumnSetting => ({
      id,
      visible: columnVisibility[id] !== false,
      toggle: () => {
        const hidden = columns.map((column) => column.id)
          .filter((other) => (other === id) === (columnVisibility[other] !== false));
        model.setColumnVisibility(Object.fromEntries(hidden.map((other) => [other, false])));
        keep({ hidden });
      },
    })),
    reset: () => {
      model.setColumnSizing({});
      model.setColumnVisibility({});
      keep({ hidden: [], widths: {} });
    },
  };
}
