import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore, NewEvent, ReadAllOptions } from '../../../src/event-store/port';
import { createPages, type PageReader } from '../../../src/projection-runtime/pages';

const never = new AbortController().signal;

function numbered(n: number): NewEvent {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const actor = { kind: 'system', id: 't' } as const;
  return {
    id, type: 'Numbered', data: { n },
    metadata: { $correlationId: id, $causationId: id, commandId: id, actor, tenant: 't', v: 1, at: '', prev: null },
  };
}

async function logOf(count: number): Promise<{ store: EventStore; read: () => number }> {
  const store = createInMemoryEventStore();
  for (let n = 0; n < count; n++) await store.append(`s-${n}`, 'no_stream', [numbered(n)]);
  let events = 0;
  return {
    store: { ...store, async *readAll(options?: ReadAllOptions) {
      for await (const event of store.readAll(options)) {
        events++;
        yield event;
      }
    } },
    read: () => events,
  };
}

async function readToEnd(reader: PageReader, pause: () => Promise<void> = async () => {}): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let position = -1n; ;) {
    const page = await reader.after(position, never);
    seen.push(...page.events.map(({ data }) => data.n));
    position = page.upTo;
    if (page.last) break;
    await pause();
  }
  reader.leave();
  return seen;
}

describe('pages of the log', () => {
  const all = Array.from({ length: 95 }, (_, n) => n);

  it('are read once for all that go the same way, however different their pace', async () => {
    const { store, read } = await logOf(95);
    const pages = createPages(store, { size: 10, kept: 3 });
    const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
    const results = await Promise.all([readToEnd(pages.reader()), readToEnd(pages.reader(), slow), readToEnd(pages.reader())]);
    expect(results).toEqual([all, all, all]);
    expect(read()).toBe(95);
  });

  it('do not wait for ever for one that stands still, who then reads for itself', async () => {
    const { store } = await logOf(95);
    const pages = createPages(store, { size: 10, kept: 2, patienceMs: 5 });
    const standing = pages.reader();
    await standing.after(-1n, never);
    expect(await readToEnd(pages.reader())).toEqual(all);
    expect(await readToEnd(standing)).toEqual(all);
  });

  it('reach to the head of the log when nothing that is seen lies before it', async () => {
    const { store } = await logOf(5);
    const further = { ...store, head: async () => 1_000_000n };
    const page = await createPages(further).reader().after(-1n, never);
    expect(page).toMatchObject({ upTo: 1_000_000n, last: true });
    expect(page.events).toHaveLength(5);
  });

  it('do not reach over events that came while they were read', async () => {
    const { store } = await logOf(5);
    let late = true;
    const racing: EventStore = { ...store, head: async () => {
      if (late) await store.append('s-late', 'no_stream', [numbered(99)]);
      late = false;
      return store.head();
    } };
    const before = await store.head();
    const reader = createPages(racing).reader();
    expect((await reader.after(-1n, never)).upTo).toBe(before);
    expect((await reader.after(before!, never)).events.map(({ data }) => data.n)).toEqual([99]);
  });

  it('that failed are read again when asked again', async () => {
    const { store } = await logOf(5);
    let fails = 1;
    const faulty: EventStore = { ...store, async *readAll(options?: ReadAllOptions) {
      if (fails-- > 0) throw new Error('cut');
      yield* store.readAll(options);
    } };
    const reader = createPages(faulty).reader();
    await expect(reader.after(-1n, never)).rejects.toThrow('cut');
    expect((await reader.after(-1n, never)).events).toHaveLength(5);
  });
});
