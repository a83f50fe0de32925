import fc from 'fast-check';
import { createEntityStore, type StoreOptions } from './entity-store';

interface Row {
  id: string;
  revision: number;
}

type Options = Partial<Pick<StoreOptions<Row>, 'admits' | 'compare' | 'limit' | 'order'>>;

function storeWithFrames(options: Options = {}) {
  const frames: (() => void)[] = [];
  const store = createEntityStore<Row>({
    version: ({ revision }) => BigInt(revision),
    admits: options.admits ?? (() => true),
    schedule: (flush) => void frames.push(flush),
    order: options.order,
    compare: options.compare,
    limit: options.limit,
  });
  return { store, frames, frame: () => frames.splice(0).forEach((flush) => flush()) };
}

const row = (id: string, revision = 0): Row => ({ id, revision });

describe('entity store', () => {
  it('answers a burst of 200 items with one notification in one frame', () => {
    const { store, frames, frame } = storeWithFrames();
    store.reset([row('a')]);
    let told = 0;
    store.subscribeRow('a', () => {
      told += 1;
    });
    for (let revision = 1; revision <= 200; revision += 1) {
      store.push(row('a', revision));
    }
    expect(told).toBe(0);
    expect(frames).toHaveLength(1);
    frame();
    expect(told).toBe(1);
    expect(store.get('a')).toEqual(row('a', 200));
  });

  it('tells only the rows that changed', () => {
    const { store, frame } = storeWithFrames();
    store.reset([row('a'), row('b')]);
    const told: string[] = [];
    store.subscribeRow('a', () => told.push('a'));
    store.subscribeRow('b', () => told.push('b'));
    store.push(row('b', 1));
    frame();
    expect(told).toEqual(['b']);
  });

  it('keeps rows where they are until new ones are asked for', () => {
    const { store, frame } = storeWithFrames();
    store.reset([row('a'), row('b')]);
    const before = store.ids();
    store.push(row('c'));
    store.push(row('d'));
    store.push(row('a', 1));
    frame();
    expect(store.ids()).toBe(before);
    expect(store.waiting()).toBe(2);
    store.showWaiting();
    expect(store.ids()).toEqual(['d', 'c', 'a', 'b']);
    expect(store.waiting()).toBe(0);
  });

  it('lets new rows of a conversation go to the end at once', () => {
    const { store, frame } = storeWithFrames({ order: 'oldest-first' });
    store.reset([row('a')]);
    store.push(row('b'));
    frame();
    expect(store.ids()).toEqual(['a', 'b']);
    store.addPage([row('x'), row('y')]);
    expect(store.ids()).toEqual(['x', 'y', 'a', 'b']);
  });

  it('sorts rows of a conversation that come out of order', () => {
    const { store, frame } = storeWithFrames({ order: 'oldest-first', compare: (a, b) => a.id.localeCompare(b.id) });
    store.reset([row('m')]);
    store.push(row('z'));
    store.push(row('n'));
    frame();
    store.addPage([row('a')]);
    expect(store.ids()).toEqual(['a', 'm', 'n', 'z']);
  });

  it('takes in no new row that the list does not admit, but changes the ones it shows', () => {
    const { store, frame } = storeWithFrames({ admits: ({ id }) => id !== 'no' });
    store.reset([row('a')]);
    store.push(row('no'));
    store.push(row('a', 1));
    frame();
    expect(store.waiting()).toBe(0);
    expect(store.get('no')).toBeUndefined();
    expect(store.get('a')?.revision).toBe(1);
  });

  it('drops the oldest past its limit and says so', () => {
    const { store, frame } = storeWithFrames({ limit: 3 });
    store.reset([row('c'), row('b'), row('a')]);
    store.push(row('d'));
    frame();
    store.showWaiting();
    expect(store.ids()).toEqual(['d', 'c', 'b']);
    expect(store.get('a')).toBeUndefined();
    expect(store.cut()).toBe(true);
  });

  it('believes a snapshot about what changed without a new version, and tells only those rows', () => {
    const store = createEntityStore<Row & { derived: string }>({
      version: ({ revision }) => BigInt(revision), admits: () => true, schedule: (flush) => flush(),
    });
    const told: string[] = [];
    store.reset([{ ...row('a'), derived: 'old' }, { ...row('b'), derived: 'same' }, { ...row('c', 2), derived: 'newer' }]);
    ['a', 'b', 'c'].forEach((id) => store.subscribeRow(id, () => told.push(id)));
    store.reset([{ ...row('a'), derived: 'new' }, { ...row('b'), derived: 'same' }, { ...row('c', 1), derived: 'older' }]);
    expect(['a', 'b', 'c'].map((id) => store.get(id)?.derived)).toEqual(['new', 'same', 'newer']);
    expect(told).toEqual(['a']);
    store.push({ ...row('a'), derived: 'late' });
    expect(store.get('a')?.derived).toBe('new');
  });

  it('believes one row that was asked for anew in the same way, and leaves the others where they are', () => {
    const { store } = storeWithFrames();
    store.reset([row('a'), row('b')]);
    const told = jest.fn();
    store.subscribeRow('b', told);
    store.keep({ ...row('b'), note: 'more' } as Row);
    expect(store.get('b')).toMatchObject({ note: 'more' });
    expect(told).toHaveBeenCalledTimes(1);
    expect(store.ids()).toEqual(['a', 'b']);
  });

  it('keeps what is newer than a snapshot', () => {
    const { store, frame } = storeWithFrames();
    store.reset([row('a', 1)]);
    store.push(row('a', 5));
    frame();
    store.reset([row('a', 3), row('b', 2)]);
    expect(store.get('a')?.revision).toBe(5);
    expect(store.ids()).toEqual(['a', 'b']);
  });

  it('never holds an older version than it has seen, in whatever order items come', () => {
    fc.assert(fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(20)), { maxLength: 60 }),
      fc.array(fc.boolean(), { maxLength: 60 }),
      (items, frameAfter) => {
        const { store, frame } = storeWithFrames();
        const newest = new Map<string, number>();
        items.forEach(([id, revision], index) => {
          store.push(row(id, revision));
          newest.set(id, Math.max(revision, newest.get(id) ?? 0));
          if (frameAfter[index]) {
            frame();
          }
        });
        frame();
        store.showWaiting();
        expect([...store.ids()].sort()).toEqual([...newest.keys()].sort());
        newest.forEach((revision, id) => expect(store.get(id)?.revision).toBe(revision));
      },
    ));
  });
});
