import { createAudience } from '../../../src/live/audience';
import type { LiveRow } from '../../../src/live/port';

const row = (id: string): LiveRow => ({ id, tenant_id: 't' });
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('an audience', () => {
  it('wakes who wants a row, and moves the others along in their sleep', async () => {
    const audience = createAudience();
    const { signal } = new AbortController();
    const [a, b] = [audience.join(({ id }) => id === 'a', signal), audience.join(({ id }) => id === 'b', signal)];
    const waiting = [a.wait(1n), b.wait(1n)];
    await audience.tell([row('c')], 5n);
    await audience.tell([row('a'), row('c')], 7n);
    expect(await waiting[0]).toBe(5n);
    await audience.tell([row('b')], 9n);
    expect(await waiting[1]).toBe(7n);
  });

  it('does not move along who has been told and is yet to be set going', async () => {
    const audience = createAudience();
    const seats = Array.from({ length: 120 }, () => audience.join(() => true, new AbortController().signal));
    const passed = seats.map((seat) => seat.wait(1n));
    const first = audience.tell([row('a')], 2n);
    const second = audience.tell([], 3n);
    await Promise.all([first, second]);
    expect(new Set(await Promise.all(passed))).toEqual(new Set([1n]));
  });

  it('lets others have their turn while a crowd is woken', async () => {
    const audience = createAudience();
    let awake = 0;
    for (let n = 0; n < 200; n++) void audience.join(() => true, new AbortController().signal).wait(1n).then(() => awake++);
    let told = false;
    const telling = audience.tell([row('a')], 2n).then(() => (told = true));
    await settled();
    expect(awake).toBeGreaterThan(0);
    expect(awake).toBeLessThan(200);
    expect(told).toBe(false);
    await telling;
    await settled();
    expect(awake).toBe(200);
  });

  it('wakes everybody when asked to, and who is aborted at once', async () => {
    const audience = createAudience();
    const leaving = new AbortController();
    const [stays, leaves] = [audience.join(() => false, new AbortController().signal), audience.join(() => false, leaving.signal)];
    const [staying, left] = [stays.wait(1n), leaves.wait(2n)];
    leaving.abort();
    expect(await left).toBe(2n);
    expect(await leaves.wait(4n)).toBe(4n);
    await audience.wakeAll();
    expect(await staying).toBe(1n);
  });

  it('wakes one whose judgement fails, and tells the others all the same', async () => {
    const audience = createAudience();
    const { signal } = new AbortController();
    const broken = audience.join(() => {
      throw new Error('broken');
    }, signal);
    const woken = [broken.wait(1n), audience.join(() => true, signal).wait(1n)];
    await audience.tell([row('a')], 2n);
    expect(await Promise.all(woken)).toEqual([1n, 1n]);
  });

  it('forgets who leaves', async () => {
    const audience = createAudience();
    const asked: string[] = [];
    const seat = audience.join(({ id }) => asked.push(String(id)) > 0, new AbortController().signal);
    void seat.wait(1n);
    seat.leave();
    await audience.tell([row('a')], 2n);
    expect(asked).toEqual([]);
  });
});
