/** Lets a limited number of tasks run at a time; the others wait in order. */
export interface Gate {
  /**
   * @param wanted asked when the turn has come: nobody may care any more
   * @throws Error when it is no longer wanted
   */
  run<T>(task: () => Promise<T>, wanted: () => boolean): Promise<T>;
}

export function createGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;

  /** The place of one that leaves goes straight to the next: nobody who comes just then gets ahead. */
  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  return {
    async run(task, wanted) {
      if (running < width) running++;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        if (!wanted()) throw new Error('Gave up while waiting for its turn');
        return await task();
      } finally {
        leave();
      }
    },
  };
}
