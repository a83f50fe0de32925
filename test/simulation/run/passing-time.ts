/**
 * Lets time pass as soon as nobody has anything else to do, in every test of the file: nobody waits for it, and a busy
 * machine changes nothing about who comes first.
 */
export function passTimeAtOnce(): void {
  let over = false;
  let passing: Promise<void>;

  async function pass(): Promise<void> {
    while (!over) {
      jest.advanceTimersToNextTimer();
      // Every promise that can go on without time has gone on by then.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  beforeEach(() => {
    over = false;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] });
    passing = pass();
  });
  afterEach(async () => {
    over = true;
    await passing;
    jest.useRealTimers();
  });
}

/** Until so many milliseconds of that time have passed. */
export const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
