import { calmly } from './use-calm-row';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function rig() {
  const listener = jest.fn();
  let change = (): void => undefined;
  const gone = jest.fn();
  const leave = calmly((told) => {
    change = told;
    return gone;
  })(listener);
  return { listener, change: () => change(), leave, gone };
}

it('tells a first change at once, and of many in a row four a second and the last', () => {
  const { listener, change } = rig();
  change();
  jest.advanceTimersByTime(0);
  expect(listener).toHaveBeenCalledTimes(1);
  for (let ms = 0; ms < 1_000; ms += 10) {
    change();
    jest.advanceTimersByTime(10);
  }
  expect(listener).toHaveBeenCalledTimes(5);
  change();
  jest.advanceTimersByTime(250);
  expect(listener).toHaveBeenCalledTimes(6);
  jest.advanceTimersByTime(5_000);
  expect(listener).toHaveBeenCalledTimes(6);
});

it('says nothing more once nobody listens', () => {
  const { listener, change, leave, gone } = rig();
  change();
  leave();
  jest.advanceTimersByTime(1_000);
  expect(listener).not.toHaveBeenCalled();
  expect(gone).toHaveBeenCalledTimes(1);
});
