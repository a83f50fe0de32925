/** One reader's view of "something was committed". Nothing that happens after `watch` is missed. */
export interface Watch {
  /** Resolves once something was committed since the last call, at once if it already was; also on `close`. */
  next(): Promise<void>;
  close(): void;
}

/** Wakes readers after a commit: those of one stream, or of the whole log. */
export interface Changes {
  /** @param stream undefined watches the whole log */
  watch(stream: string | undefined): Watch;
  /** Wakes the readers of these streams and those of the whole log. */
  announce(streams: Iterable<string>): void;
  /** Wakes everybody. */
  announceAll(): void;
}

export function createChanges(): Changes {
  const watchers = new Map<string | undefined, Set<() => void>>();
  const wakeAll = (key: string | undefined): void => watchers.get(key)?.forEach((wake) => wake());

  return {
    watch: (stream) => {
      let changed = false;
      let closed = false;
      let resume: (() => void) | undefined;
      const wake = (): void => {
        changed = true;
        resume?.();
      };
      const ofStream = watchers.get(stream) ?? new Set();
      watchers.set(stream, ofStream.add(wake));
      return {
        next: async () => {
          if (!changed && !closed) await new Promise<void>((resolve) => (resume = resolve));
          resume = undefined;
          changed = false;
        },
        close: () => {
          closed = true;
          ofStream.delete(wake);
          if (ofStream.size === 0 && watchers.get(stream) === ofStream) watchers.delete(stream);
          resume?.();
        },
      };
    },
    announce: (streams) => {
      for (const stream of streams) wakeAll(stream);
      wakeAll(undefined);
    },
    announceAll: () => {
      for (const key of watchers.keys()) wakeAll(key);
    },
  };
}
