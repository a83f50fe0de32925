import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { renderIn } from '../../../test/render';
import { listenForShortcuts } from '../../lib/shortcuts';
import type { ListSearch, ListSpec } from '../../lib/url-codec';
import { createEntityStore } from '../../live/entity-store';
import type { ListState, LiveList } from '../../live/live-list';
import type { Column } from './column';
import { DataTable } from './data-table';
import { rowsOf as chosenRows, useSelection } from './selection';

interface Row {
  id: string;
  name: string;
  revision: number;
}

const spec: ListSpec = { facets: { state: ['ACTIVE', 'DEACTIVATED'] }, sorts: ['name'], defaultSort: '-name' };

const columns: readonly Column<Row>[] = [
  {
    id: 'name', header: 'user.displayName', width: 200, grow: true, sort: 'name',
    cell: ({ name }) => <bdi>{name}</bdi>,
    text: ({ name }) => name,
  },
  { id: 'id', header: 'id.plain', width: 100, cell: ({ id }) => <code>{id}</code>, text: ({ id }) => id },
];

const rowsOf = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: `r${index}`, name: `Row ${index}`, revision: 0 }));

function fakeList(rows: readonly Row[], state: Partial<ListState> = {}) {
  const store = createEntityStore<Row>({ version: ({ revision }) => BigInt(revision), admits: () => true, schedule: (flush) => flush() });
  store.reset(rows);
  const full: ListState = { phase: 'ready', more: false, fetching: false, ...state };
  const list: LiveList<Row> = {
    store,
    state: () => full,
    subscribe: () => () => undefined,
    loadMore: jest.fn(),
    reload: jest.fn(),
    fetchOne: jest.fn(async () => false),
    everything: async () => rows,
  };
  return { list, state: full };
}

function Table({ list, state, onSearch }: ReturnType<typeof fakeList> & { onSearch?: (search: ListSearch) => void }) {
  const [search, setSearch] = useState<ListSearch>({ q: '', sort: '-name', peek: undefined, facets: {} });
  return (
    <DataTable
      name="test"
      label="Test rows"
      list={list}
      state={state}
      columns={columns}
      spec={spec}
      search={search}
      onSearch={(change) => setSearch((held) => {
        const next = { ...held, ...change };
        onSearch?.(next);
        return next;
      })}
      facets={{ state: { label: 'user.state' } }}
      searchPlaceholder="user.search"
      newRows="table.newRows"
      empty={<p>nothing yet</p>}
      peekTitle={({ name }) => name}
      peek={({ id }) => <p>peek of {id}</p>}
    />
  );
}

function SelectableTable({ list, state }: ReturnType<typeof fakeList>) {
  const [search, setSearch] = useState<ListSearch>({ q: '', sort: '-name', peek: undefined, facets: {} });
  const selection = useSelection(list);
  return (
    <DataTable
      name="selectable"
      label="Test rows"
      list={list}
      state={state}
      columns={columns}
      spec={spec}
      search={search}
      onSearch={(change) => setSearch({ ...search, ...change })}
      facets={{ state: { label: 'user.state' } }}
      searchPlaceholder="user.search"
      newRows="table.newRows"
      empty={<p>nothing yet</p>}
      peekTitle={({ name }) => name}
      peek={({ id }) => <p>peek of {id}</p>}
      selection={selection}
      selectionActions={<output>{chosenRows(list, selection).map(({ id }) => id).join(' ')}</output>}
    />
  );
}

const selected = () => screen.queryByRole('group', { name: 'Selected rows' })?.querySelector('output')?.textContent ?? '';
const box = (name: string) => screen.getByRole('checkbox', { name: `Select ${name}` });

const names = () => screen.getAllByRole('row').slice(1).map((row) => row.textContent);
const grid = () => screen.getByRole('grid', { name: 'Test rows' });

describe('the table', () => {
  let stop: () => void;
  beforeEach(() => {
    stop = listenForShortcuts();
  });
  afterEach(() => {
    stop();
    jest.useRealTimers();
  });

  it('draws only the rows in view and tells how many there are', async () => {
    await renderIn(<Table {...fakeList(rowsOf(5_000))} />);
    expect(grid()).toHaveAttribute('aria-rowcount', '5001');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
    expect(screen.getAllByRole('row')[1]).toHaveAttribute('aria-rowindex', '2');
  });

  it('draws no row again for what concerns the table only', async () => {
    const user = userEvent.setup();
    await renderIn(<Table {...fakeList(rowsOf(5))} />);
    const drawn = jest.spyOn(columns[0]!, 'cell');
    await user.click(within(grid()).getByRole('button', { name: 'Name' }));
    expect(within(grid()).getByRole('columnheader', { name: /Name/ })).toHaveAttribute('aria-sort', 'ascending');
    expect(drawn).not.toHaveBeenCalled();
    drawn.mockRestore();
  });

  it('is walked by keyboard: j, k, arrows, End; Enter opens, Esc closes and the focus is back on the row', async () => {
    const user = userEvent.setup();
    await renderIn(<Table {...fakeList(rowsOf(40))} />);
    await user.keyboard('jjj');
    expect(document.activeElement).toHaveAttribute('data-row-id', 'r2');
    await user.keyboard('k{ArrowDown}{ArrowDown}');
    expect(document.activeElement).toHaveAttribute('data-row-id', 'r3');
    await user.keyboard('{Enter}');
    expect(screen.getByRole('complementary', { name: 'Row 3' })).toHaveTextContent('peek of r3');
    await user.keyboard('j');
    expect(screen.getByRole('complementary', { name: 'Row 4' })).toBeInTheDocument();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('complementary')).not.toBeInTheDocument();
    expect(document.activeElement).toHaveAttribute('data-row-id', 'r4');
    await user.keyboard('{End}');
    expect(document.activeElement).toHaveAttribute('data-row-id', 'r39');
  });

  it('lets new rows flow in at the top while the reader is idle', async () => {
    jest.useFakeTimers();
    const { list, state } = fakeList(rowsOf(3));
    await renderIn(<Table list={list} state={state} />);
    act(() => list.store.push({ id: 'new', name: 'New', revision: 0 }));
    act(() => jest.advanceTimersByTime(300));
    expect(names()[0]).toContain('New');
  });

  it('never moves rows under the pointer: new ones wait behind a pill', async () => {
    jest.useFakeTimers();
    const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
    const { list, state } = fakeList(rowsOf(3));
    await renderIn(<Table list={list} state={state} />);
    await user.hover(grid());
    act(() => jest.advanceTimersByTime(400));
    const before = names();
    act(() => {
      list.store.push({ id: 'n1', name: 'New 1', revision: 0 });
      list.store.push({ id: 'n2', name: 'New 2', revision: 0 });
    });
    act(() => jest.advanceTimersByTime(1_000));
    expect(names()).toEqual(before);
    await user.click(screen.getByRole('button', { name: '2 new rows' }));
    expect(names().slice(0, 2).join()).toMatch(/New 2.*New 1/);
  });

  it('changes a row in place even while others wait', async () => {
    const { list, state } = fakeList(rowsOf(2));
    await renderIn(<Table list={list} state={state} />);
    act(() => list.store.push({ id: 'r1', name: 'Renamed', revision: 1 }));
    expect(names()[1]).toContain('Renamed');
  });

  it('sorts through the URL: descending first flips to ascending', async () => {
    const onSearch = jest.fn();
    const user = userEvent.setup();
    await renderIn(<Table {...fakeList(rowsOf(2))} onSearch={onSearch} />);
    const header = within(grid()).getByRole('columnheader', { name: /Name/ });
    expect(header).toHaveAttribute('aria-sort', 'descending');
    await user.click(within(header).getByRole('button', { name: 'Name' }));
    expect(onSearch).toHaveBeenLastCalledWith(expect.objectContaining({ sort: 'name' }));
  });

  it('tells three kinds of nothing apart', async () => {
    const user = userEvent.setup();
    const { unmount } = await renderIn(<Table {...fakeList([])} />);
    expect(screen.getByText('nothing yet')).toBeInTheDocument();
    await user.type(screen.getByRole('textbox', { name: 'Search people, or @org: @model: …' }), 'zzz');
    expect(await screen.findByRole('heading', { name: 'Nothing matches' })).toBeInTheDocument();
    unmount();
    await renderIn(<Table {...fakeList([], { phase: 'failed', problem: { code: 'E4031' } })} />);
    expect(screen.getByRole('alert')).toHaveTextContent('Your role may not do this.');
  });

  it('offers no checkboxes where nothing can be done to many', async () => {
    await renderIn(<Table {...fakeList(rowsOf(2))} />);
    expect(within(grid()).queryByRole('checkbox')).not.toBeInTheDocument();
    expect(grid()).not.toHaveAttribute('aria-multiselectable');
  });

  it('selects by checkbox without opening the row, a range with Shift, and all that is loaded', async () => {
    const user = userEvent.setup();
    await renderIn(<SelectableTable {...fakeList(rowsOf(6))} />);
    await user.click(box('Row 1'));
    expect(selected()).toBe('r1');
    expect(screen.queryByRole('complementary')).not.toBeInTheDocument();
    await user.keyboard('{Shift>}');
    await user.click(box('Row 4'));
    await user.keyboard('{/Shift}');
    expect(selected()).toBe('r1 r2 r3 r4');
    expect(screen.getByRole('row', { name: /Row 2/ })).toHaveAttribute('aria-selected', 'true');
    await user.click(box('Row 2'));
    expect(selected()).toBe('r1 r3 r4');
    const all = screen.getByRole<HTMLInputElement>('checkbox', { name: 'Select all loaded rows' });
    expect(all.indeterminate).toBe(true);
    await user.click(all);
    expect(selected()).toBe('r0 r1 r2 r3 r4 r5');
    expect(all).toBeChecked();
    await user.click(all);
    expect(selected()).toBe('');
  });

  it('starts no range at a row that is gone, and counts no such row', async () => {
    const user = userEvent.setup();
    const { list, state } = fakeList(rowsOf(6));
    await renderIn(<SelectableTable list={list} state={state} />);
    await user.click(box('Row 2'));
    act(() => list.store.reset(rowsOf(6).filter(({ id }) => id !== 'r2')));
    expect(screen.queryByRole('group', { name: 'Selected rows' })).not.toBeInTheDocument();
    await user.keyboard('{Shift>}');
    await user.click(box('Row 4'));
    await user.keyboard('{/Shift}');
    expect(selected()).toBe('r4');
    expect(screen.getByRole('group', { name: 'Selected rows' })).toHaveTextContent('1 selected');
  });

  it('selects by keyboard: space, Shift and arrows, Ctrl with A; Escape lets go', async () => {
    const user = userEvent.setup();
    await renderIn(<SelectableTable {...fakeList(rowsOf(8))} />);
    await user.keyboard('j ');
    expect(selected()).toBe('r0');
    await user.keyboard('jj{Shift>} {/Shift}');
    expect(selected()).toBe('r0 r1 r2');
    await user.keyboard('jjx');
    expect(selected()).toBe('r0 r1 r2 r4');
    await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
    expect(selected()).toBe('r0 r1 r2 r4 r5 r6');
    expect(document.activeElement).toHaveAttribute('data-row-id', 'r6');
    await user.keyboard('{Control>}a{/Control}');
    expect(selected()).toBe('r0 r1 r2 r3 r4 r5 r6 r7');
    await user.keyboard('{Escape}');
    expect(selected()).toBe('');
  });

  it('takes the keys for the row that has the focus, however it came there', async () => {
    const user = userEvent.setup();
    await renderIn(<SelectableTable {...fakeList(rowsOf(4))} />);
    await user.click(box('Row 0'));
    act(() => screen.getByRole('row', { name: /Row 2/ }).focus());
    await user.keyboard(' ');
    expect(selected()).toBe('r0 r2');
    await user.keyboard('{ArrowDown}x');
    expect(selected()).toBe('r0 r2 r3');
    act(() => (document.activeElement as HTMLElement).blur());
    await user.keyboard('x');
    expect(selected()).toBe('r0 r2');
  });

  it('closes the panel first, then lets go of the selection', async () => {
    const user = userEvent.setup();
    await renderIn(<SelectableTable {...fakeList(rowsOf(3))} />);
    await user.keyboard('j {Enter}');
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('complementary')).not.toBeInTheDocument();
    expect(selected()).toBe('r0');
    await user.keyboard('{Escape}');
    expect(selected()).toBe('');
  });

  it('keeps a selection while rows change, and starts another list with none', async () => {
    const user = userEvent.setup();
    const [first, second] = [fakeList(rowsOf(3)), fakeList(rowsOf(3))];
    const Switch = () => {
      const [asked, setAsked] = useState(first);
      return <><button type="button" onClick={() => setAsked(second)}>Other list</button><SelectableTable {...asked} /></>;
    };
    await renderIn(<Switch />);
    await user.click(box('Row 1'));
    act(() => first.list.store.push({ id: 'r1', name: 'Renamed', revision: 1 }));
    expect(selected()).toBe('r1');
    expect(box('Renamed')).toBeChecked();
    await user.click(screen.getByRole('button', { name: 'Other list' }));
    expect(selected()).toBe('');
  });
});
