import { noticesOf } from './notice';

const usage = (dailyRequests: number, dailyLimit: number | null) => ({
  __typename: 'Usage' as const, totalRequests: 500, dailyRequests, dailyLimit, remainingRequests: dailyLimit === null ? null : dailyLimit - dailyRequests,
});
const kinds = (known: Partial<Parameters<typeof noticesOf>[0]>) => noticesOf({ usage: undefined, runs: [], simulated: false, ...known });

it.each([
  [usage(10, 10), [{ kind: 'used-up' }]], [usage(8, 10), [{ kind: 'nearly-used', left: 2 }]], [usage(7, 10), []], [usage(1_000, null), []], [undefined, []],
])('of a quota it tells what presses: %j', (given, expected) => {
  expect(kinds({ usage: given })).toEqual(expected);
});

it('tells of runs whose outcome can still be looked for, and of stand-ins', () => {
  const runs = [{ state: 'TIMED_OUT', watchable: true }, { state: 'TIMED_OUT', watchable: false }, { state: 'SUBMITTED', watchable: true }] as const;
  expect(kinds({ runs, simulated: true })).toEqual([{ kind: 'watchable', runs: 1 }, { kind: 'simulated' }]);
});
