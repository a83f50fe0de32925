import { measureBurst, type Burst, type BurstLease } from '../../../commands/load-test/burst';

/** A clock that stands still until it is told to go on. */
function setting(lease: Burst['lease'], more: Partial<Burst> = {}): Burst {
  return { provider: 'a', burst: 4, minHoldMs: 0, maxHoldMs: 0, lease, clock: () => 0, random: () => 0, signal: new AbortController().signal, ...more };
}

const leaseOn = (keyName: string, release = async (): Promise<void> => {}): BurstLease => ({ keyName, release });

test('everybody asks before anybody is answered', async () => {
  let asked = 0;
  let answer = (): void => {};
  const all = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { succeeded } = await measureBurst(setting(async () => {
    if (++asked === 4) answer();
    await all;
    return leaseOn('k');
  }));
  expect(succeeded).toBe(4);
});

test('times are from asking to holding, as nearest ranks', async () => {
  const clocks = [0, 0, 0, 0, 40, 10, 30, 20];
  let call = 0;
  const { averageMs, p50Ms, p95Ms, p99Ms, maxMs } = await measureBurst(setting(async () => leaseOn('k'), { clock: () => clocks[call++]! }));
  expect({ averageMs, p50Ms, p95Ms, p99Ms, maxMs }).toEqual({ averageMs: 25, p50Ms: 20, p95Ms: 40, p99Ms: 40, maxMs: 40 });
});

test('who got nothing is counted apart, and the keys by their names', async () => {
  const result = await measureBurst(setting(async (n) => (n === 0 ? undefined : leaseOn(n === 1 ? 'one' : 'other'))));
  expect(result).toMatchObject({ succeeded: 3, failed: 1, keys: [{ name: 'one', grants: 1 }, { name: 'other', grants: 2 }] });
});

test('without any lease the times are 0', async () => {
  expect(await measureBurst(setting(async () => undefined))).toMatchObject({ succeeded: 0, failed: 4, averageMs: 0, p50Ms: 0, p99Ms: 0, maxMs: 0, keys: [] });
});

test('every lease is given back, also when another request breaks', async () => {
  let released = 0;
  const burst = measureBurst(setting(async (n) => {
    if (n === 0) throw new Error('broken');
    return leaseOn('k', async () => void released++);
  }));
  await expect(burst).rejects.toThrow('broken');
  expect(released).toBe(3);
});

test('every lease is given back when the test is cut off', async () => {
  const stop = new AbortController();
  let released = 0;
  let held = 0;
  const burst = measureBurst(setting(async () => {
    if (++held === 4) stop.abort(new Error('cut off'));
    return leaseOn('k', async () => void released++);
  }, { minHoldMs: 60_000, maxHoldMs: 60_000, signal: stop.signal }));
  await expect(burst).rejects.toThrow('cut off');
  expect(released).toBe(4);
});
