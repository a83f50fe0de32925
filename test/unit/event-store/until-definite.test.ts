import { AppendRefused, OutcomeUnknown, WrongExpectedRevision } from '../../../src/event-store/port';
import { untilDefinite } from '../../../src/event-store/until-definite';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock';

let clock: VirtualClock;
beforeEach(() => {
  clock = createVirtualClock(0);
});

/** Settles while time passes; answers the value or the error, and when. */
async function settle<T>(promise: Promise<T>): Promise<{ value?: T; error?: unknown; at: number }> {
  let settled: { value?: T; error?: unknown; at: number } | undefined;
  promise.then((value) => { settled = { value, at: clock.now() }; }, (error: unknown) => { settled = { error, at: clock.now() }; });
  await clock.runUntil(() => settled !== undefined);
  return settled!;
}

it('tries again after whatever is not definite, more slowly each time', async () => {
  const tries: number[] = [];
  const attempt = async () => {
    tries.push(clock.now());
    if (tries.length < 9) throw new Error('connection lost');
    return 'written';
  };
  expect(await settle(untilDefinite('s', 10_000, clock, attempt))).toMatchObject({ value: 'written' });
  expect(tries).toEqual([0, 20, 60, 140, 300, 620, 1_260, 2_260, 3_260]);
});

it.each([
  new WrongExpectedRevision('s', 1n, 2n), new AppendRefused('s', 'too-large', 'no'),
])('takes $name for an answer', async (answer) => {
  let tries = 0;
  const attempt = async () => {
    if (++tries === 1) throw new Error('connection lost');
    throw answer;
  };
  expect(await settle(untilDefinite('s', 10_000, clock, attempt))).toEqual({ error: answer, at: 20 });
});

it('gives up at the deadline, with the last trouble as the cause', async () => {
  const { error, at } = await settle(untilDefinite('s', 500, clock, async () => { throw new Error('connection lost'); }));
  expect(error).toBeInstanceOf(OutcomeUnknown);
  expect(error).toMatchObject({ stream: 's', cause: new Error('connection lost') });
  expect(at).toBe(500);
});

it('does not wait for ever for an answer, and tells the attempt that it is no longer wanted', async () => {
  const wanted: (() => boolean)[] = [];
  const attempt = (isWanted: () => boolean) => {
    wanted.push(isWanted);
    return new Promise<never>(() => {});
  };
  const { error, at } = await settle(untilDefinite('s', 10_000, clock, attempt));
  expect(error).toBeInstanceOf(OutcomeUnknown);
  expect(at).toBe(10_000);
  expect(wanted.map((isWanted) => isWanted())).toEqual([false, false, false]);
});
