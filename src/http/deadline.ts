/** The time one operation has. Its signal aborts when the time is up or the caller went away. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Resolves when the time is up; never when the operation ends before. */
  readonly passed: Promise<'passed'>;
  /** Starts the time again with another length, once it is known what is to be done. */
  restart(milliseconds: number): void;
  /** The caller went away: aborts without `passed`. Nothing once the operation is done, as every connection closes at last. */
  abandon(): void;
  /** The operation is done: aborts nothing any more. */
  end(): void;
}

export function startDeadline(milliseconds: number): Deadline {
  const controller = new AbortController();
  let resolvePassed: (value: 'passed') => void;
  const passed = new Promise<'passed'>((resolve) => {
    resolvePassed = resolve;
  });
  const expire = (): void => {
    resolvePassed('passed');
    controller.abort(new Error('The deadline passed'));
  };
  let timer = setTimeout(expire, milliseconds);
  let ended = false;
  return {
    signal: controller.signal,
    passed,
    restart(length) {
      clearTimeout(timer);
      timer = setTimeout(expire, length);
    },
    abandon() {
      if (ended) return;
      clearTimeout(timer);
      controller.abort(new Error('The caller went away'));
    },
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
}
