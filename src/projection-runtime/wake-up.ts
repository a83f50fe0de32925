/** A bell: those who wait resolve at the next `wake`. A ring nobody waits for is remembered for the next to wait. */
export interface WakeUp {
  wake(): void;
  /** Resolves when rung, after `timeoutMs` (default: never), or when `signal` aborts. */
  wait(signal: AbortSignal, timeoutMs?: number): Promise<void>;
}

export function createWakeUp(): WakeUp {
  const waiting = new Set<() => void>();
  let rung = false;
  return {
    wake() {
      rung = waiting.size === 0;
      for (const each of [...waiting]) each();
    },
    wait(signal, timeoutMs) {
      if (rung || signal.aborted) {
        rung = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = timeoutMs === undefined ? undefined : setTimeout(done, timeoutMs);
        waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    },
  };
}
