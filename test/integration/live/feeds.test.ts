import path from 'node:path';
import fc from 'fast-check';
import { RefusedError } from '../../../schema/errors/catalogue';
import { encodeCursor } from '../../../src/live/cursor';
import { createLiveFeeds, type ClosableLiveFeeds, type LiveFeedsOptions } from '../../../src/live/feeds';
import type { FeedItem, FeedOptions } from '../../../src/live/port';
import type { NewEvent } from '../../../src/event-store/port';
import { accountView, accountWriter, moved, opened } from '../projection-runtime/account-view';
import { createSetting, cutConnections, eventually, type Setting } from '../projection-runtime/setting';

const accounts = accountView();
/** The append-only table of the same view, as a view of its own; each event adds three rows, so a cursor may stand between them. */
const movements = accountView({
  name: 'movement',
  tables: path.join(__dirname, 'movement-tables.sql'),
  live: { table: 'movement', key: 'movement_id' },
  project: (events, open) => accounts.project(events, open).flatMap((change) => (change.kind === 'put' && change.table === 'movement'
    ? ['a', 'B', 'ö'].map((part) => ({ ...change, key: { movement_id: `${String(change.key.movement_id)} ${part}` } }))
    : [])),
});

describe('a live feed', () => {
  let setting: Setting;
  let append: (accountId: string, ...events: NewEvent[]) => Promise<bigint>;
  const closables: ClosableLiveFeeds[] = [];

  const feedsWith = (options: Partial<LiveFeedsOptions> = {}): ClosableLiveFeeds => {
    const feeds = createLiveFeeds({ pool: setting.pool, reads: setting.reads, notifications: setting.notifications, projectors: [accounts], ...options });
    closables.push(feeds);
    return feeds;
  };

  beforeEach(async () => {
    setting = await createSetting();
    append = accountWriter(setting.store);
  });
  afterEach(async () => {
    await Promise.all(closables.splice(0).map((feeds) => feeds.close()));
    await setting.close();
  });

  /** Takes items until `enough`, then returns the iterator. */
  async function take(feeds: ClosableLiveFeeds, options: FeedOptions, enough: (items: FeedItem[]) => boolean): Promise<FeedItem[]> {
    const items: FeedItem[] = [];
    for await (const item of feeds.subscribe(options)) {
      items.push(item);
      if (enough(items)) break;
    }
    return items;
  }

  it('begins with a cursor and goes on with the rows of its tenant', async () => {
    await setting.runtime({ projectors: [accounts] });
    const feeds = feedsWith();
    const subscription = feeds.subscribe({ view: 'account', tenant: 'tenant-1' });
    const first = await subscription.next();
    expect(first.value).toMatchObject({ cursor: expect.any(String) });
    expect(first.value.row).toBeUndefined();
    await append('other', opened('other', [], 'tenant-2'));
    const position = await append('a', opened('a', ['x']), moved('a', 'm1', 5));
    const item = (await subscription.next()).value as FeedItem;
    expect(item.row).toMatchObject({ tenant_id: 'tenant-1', account_id: 'a', balance: '5', tags: ['x'], position: position.toString() });
    expect(item.position).toBe(position);
    await subscription.return!();
  });

  it('applies the filter of the subscriber', async () => {
    await setting.runtime({ projectors: [accounts] });
    const feeds = feedsWith();
    const subscription = feeds.subscribe({ view: 'account', tenant: 'tenant-1', filter: (row) => row.account_id !== 'a' });
    await subscription.next();
    await append('a', opened('a'));
    await append('b', opened('b'));
    expect((await subscription.next()).value.row.account_id).toBe('b');
    await subscription.return!();
  });

  it('reads what was missed on a connection that sees one tenant only', async () => {
    await setting.runtime({ projectors: [accounts] });
    const [{ cursor }] = await take(feedsWith(), { view: 'account', tenant: 'tenant-1' }, () => true) as [FeedItem];
    await append('other', opened('other', [], 'tenant-2'));
    const position = await append('a', opened('a'));
    const asked: (string | undefined)[] = [];
    const reads: LiveFeedsOptions['reads'] = {
      of: (tenant) => {
        asked.push(tenant);
        return setting.reads.of(tenant);
      },
    };
    const feeds = feedsWith({ reads });
    await feeds.waitFor(['account'], position);
    const [, item] = await take(feeds, { view: 'account', tenant: 'tenant-1', after: cursor }, ({ length }) => length === 2);
    expect(item!.row).toMatchObject({ tenant_id: 'tenant-1', account_id: 'a' });
    expect(new Set(asked)).toEqual(new Set(['tenant-1']));
  });

  it('ends at once when it is returned or aborted while it waits', async () => {
    await setting.runtime({ projectors: [accounts] });
    const feeds = feedsWith();
    const abort = new AbortController();
    const returned = feeds.subscribe({ view: 'account', tenant: 't' });
    const aborted = feeds.subscribe({ view: 'account', tenant: 't', signal: abort.signal });
    await Promise.all([returned.next(), aborted.next()]);
    const waiting = [returned.next(), aborted.next()];
    await returned.return!();
    abort.abort();
    expect(await Promise.all(waiting)).toEqual([{ done: true, value: undefined }, { done: true, value: undefined }]);
  });

  it('refuses cursors that are not its own', async () => {
    await setting.runtime({ projectors: [accounts] });
    const feeds = feedsWith();
    const place = { position: 1n, key: null };
    const foreign = [
      encodeCursor({ view: 'movement', version: 1, build: 1 }, place),
      encodeCursor({ view: 'account', version: 2, build: 1 }, place),
      encodeCursor({ view: 'account', version: 1, build: 2 }, place),
      'garbage', '', 'bnVsbA', Buffer.from('["account",1,1,"99999999999999999999",null]').toString('base64url'),
    ];
    for (const after of foreign) {
      const refusal = await feeds.subscribe({ view: 'account', tenant: 't', after }).next().catch((error) => error);
      expect(refusal).toBeInstanceOf(RefusedError);
      expect(refusal.refusal.code).toBe('E4004');
    }
  });

  it('gives every change of an append-only view exactly once, in order, wherever it is cut and resumed', async () => {
    await setting.runtime({ projectors: [movements], times: { pace: 1 } });
    const total = 120;
    const feeds = feedsWith({ projectors: [movements], ringCapacity: 16 });
    await fc.assert(fc.asyncProperty(fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 8 }), fc.uuid(), async (cuts, run) => {
      const tenant = `tenant ${run}`;
      let cursor = (await take(feeds, { view: 'movement', tenant }, () => true))[0]!.cursor;
      const writing = (async () => {
        for (let index = 0; index < total; index += 4) {
          const account = `${run}-${index % 3}`;
          await append(account, ...[0, 1, 2, 3].map((n) => moved(account, `${run}-${index + n}`, index + n, tenant)));
          if (index % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
        }
      })();
      const seen: unknown[] = [];
      for (let turn = 0; seen.length < total * 3; turn++) {
        const cut = cuts[turn % cuts.length]!;
        const wanted = Math.min(cut, total * 3 - seen.length);
        const items = await take(feeds, { view: 'movement', tenant, after: cursor }, ({ length }) => length > wanted);
        for (const { row } of items) if (row) seen.push(row.movement_id);
        cursor = items[items.length - 1]!.cursor;
        if (cuts.every((each) => each === 0)) cuts = [5];
      }
      await writing;
      expect(seen).toEqual(Array.from({ length: total * 3 }, (_, index) => `${run}-${Math.floor(index / 3)} ${'Baö'[index % 3]}`));
    }), { numRuns: 6 });
  });

  it('comes to the same state as the view, however slowly it is read and however often it is cut', async () => {
    await setting.runtime({ projectors: [accounts], times: { pace: 1 } });
    const feeds = feedsWith({ ringCapacity: 8 });
    const [{ cursor: start }] = await take(feeds, { view: 'account', tenant: 'tenant-1' }, () => true) as [FeedItem];
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const id of ids) await append(id, opened(id));
    const state = new Map<unknown, unknown>();
    let cursor = start;
    const follow = async (enough: (items: FeedItem[]) => boolean): Promise<void> => {
      for (const item of await take(feeds, { view: 'account', tenant: 'tenant-1', after: cursor }, enough)) {
        if (item.row) state.set(item.row.account_id, item.row.balance);
        cursor = item.cursor;
      }
    };
    let last = 0n;
    for (let round = 0; round < 30; round++) {
      for (const id of ids) last = await append(id, moved(id, `${id}${round}`, round));
      if (round % 3 !== 0) continue;
      await follow(({ length }) => length === 3);
    }
    await follow((items) => items[items.length - 1]!.position === last);
    const { rows } = await setting.pool.query('select account_id, balance from views.account');
    expect(Object.fromEntries(state)).toEqual(Object.fromEntries(rows.map(({ account_id, balance }) => [account_id, balance])));
  });

  it('misses nothing when its connection to Postgres was cut', async () => {
    const feeds = feedsWith();
    await setting.runtime({ projectors: [accounts] });
    const subscription = feeds.subscribe({ view: 'account', tenant: 'tenant-1' });
    await subscription.next();
    for (let round = 0; round < 5; round++) {
      await cutConnections(setting.pool, 'keyledger notifications');
      await append(`a${round}`, opened(`a${round}`));
      expect((await subscription.next()).value.row.account_id).toBe(`a${round}`);
    }
    await subscription.return!();
  });

  it('holds no more than its ring, and a reader that fell behind still gets every row', async () => {
    await setting.runtime({ projectors: [accounts] });
    const feeds = feedsWith({ ringCapacity: 4 });
    const slow = feeds.subscribe({ view: 'account', tenant: 'tenant-1' });
    await slow.next();
    let last = 0n;
    for (let index = 0; index < 40; index++) last = await append(`a${index}`, opened(`a${index}`));
    await eventually(() => feeds.positions().get('account') === last);
    const seen: unknown[] = [];
    while (seen.length < 40) seen.push((await slow.next()).value.row.account_id);
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => `a${index}`));
    await slow.return!();
  });

  it('gives a burst that is larger than any page in order, to one who waits, one who is busy, and one who comes later', async () => {
    await setting.runtime({ projectors: [movements] });
    const feeds = feedsWith({ projectors: [movements], ringCapacity: 16 });
    const [waiting, busy] = [0, 1].map(() => feeds.subscribe({ view: 'movement', tenant: 'tenant-1' }));
    await Promise.all([waiting!.next(), busy!.next()]);
    await append('a', moved('a', 'first', 0));
    let cursor = '';
    for (let n = 0; n < 3; n++) {
      const items = await Promise.all([waiting!.next(), busy!.next()]);
      cursor = items[0].value.cursor;
    }
    const next = waiting!.next();
    await append('a', ...Array.from({ length: 450 }, (_, n) => moved('a', `m${String(n).padStart(3, '0')}`, n)));
    const keys = Array.from({ length: 450 * 3 }, (_, n) => `m${String(Math.floor(n / 3)).padStart(3, '0')} ${'Baö'[n % 3]}`);
    const seen = [(await next).value.row.movement_id];
    while (seen.length < keys.length) seen.push((await waiting!.next()).value.row.movement_id);
    expect(seen).toEqual(keys);
    const seenLater: unknown[] = [];
    while (seenLater.length < keys.length) seenLater.push((await busy!.next()).value.row.movement_id);
    expect(seenLater).toEqual(keys);
    const resumed = await take(feeds, { view: 'movement', tenant: 'tenant-1', after: cursor }, ({ length }) => length === keys.length + 1);
    expect(resumed.slice(1).map(({ row }) => row!.movement_id)).toEqual(keys);
    await Promise.all([waiting!.return!(), busy!.return!()]);
  });

  describe('waitFor', () => {
    it('answers true once the views have passed the position, false after the time', async () => {
      const feeds = feedsWith();
      const position = await append('a', opened('a'));
      expect(await feeds.waitFor(['account'], position, 50)).toBe(false);
      const waiting = feeds.waitFor(['account'], position, 10_000);
      await setting.runtime({ projectors: [accounts] });
      expect(await waiting).toBe(true);
      expect(await feeds.waitFor(['account'], position + 1n, 30)).toBe(false);
      expect(() => feeds.waitFor(['unheard_of'], 0n)).toThrow('unheard_of');
    });

    it('passes positions of events that the view does not know', async () => {
      const feeds = feedsWith();
      await setting.runtime({ projectors: [accounts] });
      const { position } = await setting.store.append('other-1', 'no_stream', [{ ...opened('x'), type: 'Unknown' }]);
      expect(await feeds.waitFor(['account'], position, 5_000)).toBe(true);
    });
  });
});
