import fc from 'fast-check';
import { createChanges } from '../../../src/event-store/embedded/log/changes';
import { TOMBSTONE, type StoredEvent } from '../../../src/event-store/embedded/log/event';
import { createHeads } from '../../../src/event-store/embedded/log/heads';
import { createTail } from '../../../src/event-store/embedded/log/tail';
import { createWindow } from '../../../src/event-store/embedded/log/window';
import type { Head } from '../../../src/event-store/embedded/storage/port';

const stored = (position: number, stream: string, revision: number, size = 1): StoredEvent => ({
  position, stream, revision, id: 'id', type: '', isJson: true, data: Buffer.alloc(size), metadata: Buffer.alloc(0), created: 0,
});

test('a window is a list that loses its front', () => {
  fc.assert(fc.property(fc.array(fc.option(fc.nat()), { maxLength: 4_000 }), (steps) => {
    const window = createWindow<number>();
    const list: number[] = [];
    for (const step of steps) {
      if (step === null) expect(window.shift()).toBe(list.shift());
      else {
        window.push(step);
        list.push(step);
      }
    }
    expect([window.length, window.at(0), window.at(2)]).toEqual([list.length, list[0], list[2]]);
    expect(window.slice(1, 5)).toEqual(list.slice(1, 5));
  }), { numRuns: 30 });
});

describe('the tail', () => {
  test('answers what it holds whole, and nothing where something is missing', () => {
    const tail = createTail({ maxEvents: 4, maxBytes: 1_000 });
    tail.reset(10);
    tail.push([stored(11, 'a', 5), stored(12, 'b', 0), stored(13, 'a', 6)]);
    expect(tail.readAll(11, 13)?.map(({ position }) => position)).toEqual([11, 12, 13]);
    expect(tail.readAll(10, 13)).toBeUndefined();
    expect(tail.readStream('a', 5, 6)?.map(({ revision }) => revision)).toEqual([5, 6]);
    expect(tail.readStream('a', 4, 6)).toBeUndefined();
    expect(tail.readStream('c', 0, 9)).toBeUndefined();
    tail.push([stored(14, 'a', 7), stored(15, 'c', 0)]);
    expect(tail.readAll(11, 15)).toBeUndefined();
    expect(tail.readAll(12, 14)?.map(({ position }) => position)).toEqual([12, 13, 14]);
    expect(tail.readStream('a', 6, 7)).toHaveLength(2);
  });

  test('is bounded in bytes, down to holding nothing', () => {
    const tail = createTail({ maxEvents: 100, maxBytes: 50 });
    tail.reset(0);
    tail.push([stored(1, 'a', 0, 20), stored(2, 'a', 1, 20), stored(3, 'a', 2, 20)]);
    expect(tail.readAll(1, 3)).toBeUndefined();
    expect(tail.readAll(2, 3)).toHaveLength(2);
    tail.push([stored(4, 'b', 0, 500)]);
    expect(tail.readAll(4, 4)).toBeUndefined();
    expect(tail.readAll(5, 5)).toEqual([]);
  });

  test('keeps a tombstone apart from the numbered events', () => {
    const tail = createTail({ maxEvents: 100, maxBytes: 1_000 });
    tail.reset(0);
    tail.push([stored(1, 'a', 0), stored(2, 'a', TOMBSTONE)]);
    expect(tail.readStream('a', 0, 1_000)?.map(({ revision }) => revision)).toEqual([0]);
    expect(tail.readStream('a', TOMBSTONE, TOMBSTONE)?.map(({ revision }) => revision)).toEqual([TOMBSTONE]);
  });
});

describe('heads', () => {
  const storageOf = (heads: Record<string, Head>) => {
    const asked: string[][] = [];
    return { asked, heads: async (streams: readonly string[]) => {
      asked.push([...streams]);
      return new Map(streams.flatMap((stream) => (heads[stream] ? [[stream, heads[stream]] as const] : [])));
    } };
  };

  test('are loaded together, once, the absent ones too', async () => {
    const storage = storageOf({ a: { last: 3 }, $$a: { last: 0, metadataJson: Buffer.from('{"$maxCount":2}') } });
    const heads = createHeads(storage, 10);
    const found = await heads.get(['a', '$$a', 'b']);
    expect([found.get('a')!.last, found.get('$$a')!.says.maxCount, found.get('b')!.last]).toEqual([3, 2, -1]);
    await heads.get(['b', 'a']);
    expect(storage.asked).toEqual([['a', '$$a', 'b']]);
  });

  test('the ones not used for longest are forgotten', async () => {
    const storage = storageOf({});
    const heads = createHeads(storage, 2);
    await heads.get(['a', 'b']);
    await heads.get(['a']);
    await heads.get(['c']);
    await heads.get(['a', 'b']);
    expect(storage.asked).toEqual([['a', 'b'], ['c'], ['b']]);
  });

  test('a load that a commit overtook does not bring the old head back', async () => {
    let answer!: (heads: Map<string, Head>) => void;
    const heads = createHeads({ heads: () => new Promise((resolve) => (answer = resolve)) }, 10);
    const early = heads.get(['a']);
    heads.committed(new Map([['a', { last: 1, says: {} }]]));
    answer(new Map([['a', { last: 0 }]]));
    await early;
    expect((await heads.get(['a'])).get('a')!.last).toBe(1);
  });
});

describe('changes', () => {
  test('nothing that happens after watching is missed, and only what concerns a stream wakes its watchers', async () => {
    const changes = createChanges();
    const ofA = changes.watch('a');
    const ofAll = changes.watch(undefined);
    changes.announce(['b']);
    changes.announce(['a', 'c']);
    await ofA.next();
    await ofAll.next();
    let woken = false;
    const next = ofA.next().then(() => (woken = true));
    changes.announce(['b']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(woken).toBe(false);
    changes.announce(['a']);
    await next;
    const last = ofAll.next().then(() => ofAll.next());
    ofAll.close();
    await last;
    ofA.close();
  });
});
