import type { Drive } from '../../../commands/run/drive';
import { asking, calling, keysOf, LeaseLost } from '../../../commands/run/drive-keys';
import { keyPool } from '../../../commands/key-pool/decider';
import type { HeldLease } from '../../../commands/key-pool/key-leases';
import { OutboundError } from '../../../src/outbound/outbound-error';
import type { JobReport, VendorTarget } from '../../../src/upstreams/generation';

/** A lease of a key with so many permits left at first, and one more each `everyMs` of the clock. */
function setting({ permits, everyMs }: { permits: number; everyMs: number }) {
  const asked: number[] = [];
  let now = 0;
  let left = permits;
  const lease = {
    leaseId: 'legnext/l1', keyId: 'k1', secret: 'secret', lost: new AbortController().signal,
    async takePermits(units: number) {
      asked.push(units);
      if (units <= left) {
        left -= units;
        return 0;
      }
      // The window reopens while it is waited for.
      now += everyMs;
      left += 1;
      return 1;
    },
  } as unknown as HeldLease;
  const drive = {
    commands: { load: async () => ({ state: keyPool.initial() }) }, keyLeases: { acquire: async () => lease }, keyCare: { called: async () => {} },
    tenant: 't1', runId: 'r1', attempt: 1, asked: { pool: 'legnext', scenario: null }, upstream: 'legnext', over: new AbortController().signal,
    step: () => ({}), now: () => now,
  } as unknown as Drive;
  const keys = keysOf(drive);
  let questions = 0;
  const ask = (until = 1_000) => asking(drive, keys, { until }, async () => {
    questions++;
    return { state: 'running', category: undefined, answer: { retryAfterMs: undefined } } as unknown as JobReport;
  });
  return { ask, asked, questions: () => questions };
}

describe('permits for questions', () => {
  it('TEST-27: are taken in blocks of five', async () => {
    const { ask, asked, questions } = setting({ permits: 10, everyMs: 1 });
    for (let at = 0; at < 10; at++) await ask();
    expect(asked).toEqual([5, 5]);
    expect(questions()).toBe(10);
  });

  it('are taken one by one of a rate that is smaller than a block', async () => {
    const { ask, asked, questions } = setting({ permits: 1, everyMs: 10 });
    for (let at = 0; at < 3; at++) expect(await ask()).toBeDefined();
    expect(questions()).toBe(3);
    expect(asked.filter((units) => units === 1).length).toBeGreaterThanOrEqual(2);
  });

  it('are waited for until the time is up, and no longer', async () => {
    const { ask, questions } = setting({ permits: -1_000, everyMs: 100 });
    expect(await ask(500)).toBeUndefined();
    expect(questions()).toBe(0);
  });
});

describe('fault 49: a call with a key', () => {
  /** A vendor that never answers: the call ends when it is given up. */
  const unanswered = ({ signal }: VendorTarget): Promise<never> => new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new OutboundError('legnext', 'aborted', false, 'the caller gave up')));
  });

  it('ends at once when its lease is lost, and is then no failure of the vendor', async () => {
    const losing = new AbortController();
    const drive = { over: new AbortController().signal, upstream: 'legnext' } as unknown as Drive;
    const call = calling(drive, { lost: losing.signal, secret: 'secret' } as unknown as HeldLease, unanswered);
    losing.abort();
    await expect(call).rejects.toBeInstanceOf(LeaseLost);
  });

  it('is not made with a lease that was lost before', async () => {
    const drive = { over: new AbortController().signal, upstream: 'legnext' } as unknown as Drive;
    let calls = 0;
    const call = calling(drive, { lost: AbortSignal.abort(), secret: 'secret' } as unknown as HeldLease, async () => calls++);
    await expect(call).rejects.toBeInstanceOf(LeaseLost);
    expect(calls).toBe(0);
  });
});
