import fc from 'fast-check';
import { createEntityStore } from './entity-store';
import { createSeam, type Change } from './seam';

interface Row {
  id: string;
  revision: number;
}

const change = (position: number, node: Row | null): Change<Row> => ({ cursor: String(position), position: String(position), node });

function rig(bufferLimit?: number) {
  const loads: string[] = [];
  const store = createEntityStore<Row>({
    version: ({ revision }) => BigInt(revision),
    admits: () => true,
    schedule: (flush) => flush(),
    order: 'oldest-first',
  });
  const seam = createSeam<Row>({ load: (position) => void loads.push(position), snapshot: store.reset, push: store.push }, bufferLimit);
  return { loads, store, seam };
}

/** A log: the n-th change (position n) sets one of a few rows to its next revision. */
const logs = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 40 }).map((ids) => {
  const revisions = new Map<string, number>();
  return ids.map((id, index) => {
    const revision = (revisions.get(id) ?? 0) + 1;
    revisions.set(id, revision);
    return { position: index + 1, row: { id, revision } };
  });
});

const asOf = (log: readonly { position: number; row: Row }[], position: number): Map<string, Row> =>
  new Map(log.filter((entry) => entry.position <= position).map(({ row }) => [row.id, row]));

describe('the seam between snapshot and feed', () => {
  it('asks for the snapshot only once the feed said from where it is complete', () => {
    const { loads, seam } = rig();
    seam.receive(change(8, { id: 'a', revision: 1 }));
    expect(loads).toEqual([]);
    seam.receive(change(7, null));
    expect(loads).toEqual(['7']);
  });

  it('ignores a snapshot that nobody waits for', () => {
    const { store, seam } = rig();
    seam.loaded([{ id: 'a', revision: 1 }]);
    expect(store.ids()).toEqual([]);
  });

  it('goes on after a resumed "subscribed" without another snapshot', () => {
    const { loads, seam, store } = rig();
    seam.receive(change(1, null));
    seam.loaded([{ id: 'a', revision: 1 }]);
    seam.receive(change(5, null));
    seam.receive(change(6, { id: 'a', revision: 2 }));
    expect(loads).toEqual(['1']);
    expect(store.get('a')?.revision).toBe(2);
  });

  it('asks for a new snapshot after a restart', () => {
    const { loads, seam } = rig();
    seam.receive(change(1, null));
    seam.loaded([]);
    seam.restart();
    seam.receive(change(9, null));
    expect(loads).toEqual(['1', '9']);
  });

  it('fetches the snapshot again when its buffer overflows, and then loses nothing', () => {
    const { loads, seam, store } = rig(2);
    seam.receive(change(1, null));
    [2, 3, 4, 5].forEach((position) => seam.receive(change(position, { id: `r${position}`, revision: 1 })));
    seam.loaded([]);
    expect(loads).toEqual(['1', '4']);
    seam.loaded(['r2', 'r3', 'r4'].map((id) => ({ id, revision: 1 })));
    expect([...store.ids()].sort()).toEqual(['r2', 'r3', 'r4', 'r5']);
  });

  it('shows the newest state of every row, whenever the snapshot is taken and whatever the feed repeats or reorders', () => {
    fc.assert(fc.property(logs, fc.nat(), fc.nat(), fc.nat(), fc.infiniteStream(fc.nat(6)), (log, a, b, c, noise) => {
      const subscribedAt = a % (log.length + 1);
      // The snapshot is at least as new as the subscription, and may be newer.
      const snapshotAt = subscribedAt + (b % (log.length - subscribedAt + 1));
      const answeredAfter = subscribedAt + (c % (log.length - subscribedAt + 1));
      const { seam, store, loads } = rig();
      const feed = log.filter(({ position }) => position > subscribedAt);
      const deliver = (entries: typeof feed) => {
        // Neighbours swap and items come twice; none is lost.
        const shuffled = entries.map((entry) => ({ entry, at: entry.position + (noise.next().value ?? 0) })).sort((x, y) => x.at - y.at);
        shuffled.forEach(({ entry }) => {
          const times = (noise.next().value ?? 0) > 4 ? 2 : 1;
          for (let time = 0; time < times; time += 1) {
            seam.receive(change(entry.position, entry.row));
          }
        });
      };

      seam.receive(change(subscribedAt, null));
      expect(loads).toEqual([String(subscribedAt)]);
      deliver(feed.filter(({ position }) => position <= answeredAfter));
      seam.loaded([...asOf(log, snapshotAt).values()]);
      deliver(feed.filter(({ position }) => position > answeredAfter));

      const expected = asOf(log, log.length);
      expect([...store.ids()].sort()).toEqual([...expected.keys()].sort());
      expected.forEach((row, id) => expect(store.get(id)).toEqual(row));
    }));
  });

  it('with items missing still never shows an older state than the snapshot or the feed told', () => {
    fc.assert(fc.property(logs, fc.nat(), fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (log, a, lost) => {
      const snapshotAt = a % (log.length + 1);
      const { seam, store } = rig();
      seam.receive(change(0, null));
      const told = log.filter(({ position }) => !lost[position]);
      told.forEach(({ position, row }) => seam.receive(change(position, row)));
      seam.loaded([...asOf(log, snapshotAt).values()]);
      [...asOf(log, snapshotAt).values(), ...told.map(({ row }) => row)].forEach((row) =>
        expect(store.get(row.id)?.revision).toBeGreaterThanOrEqual(row.revision));
    }));
  });
});
