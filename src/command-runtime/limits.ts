/** Bounds of the command runtime. */
export interface CommandLimits {
  /** Commands that may wait for one stream. */
  queueLength: number;
  /** Commands decided into one append. */
  batchCommands: number;
  /** Size of one append, in characters of canonical JSON; a single larger command goes alone. EventStoreDB refuses above 1 MiB. */
  batchBytes: number;
  /**
   * Commands remembered for each stream at least, counting those that wrote events. A command id that comes back after so many
   * others is not recognised any more: then only the decider's own idempotency protects.
   */
  rememberedCommands: number;
  /** Cached streams plus the commands they remember; about 200 bytes each, without the states themselves. */
  cacheWeight: number;
}

export const defaultLimits: CommandLimits = {
  queueLength: 1_000,
  batchCommands: 512,
  batchBytes: 640 * 1024,
  rememberedCommands: 10_000,
  cacheWeight: 200_000,
};

/** How old a state that `recent` answers may be, in milliseconds, as far as other nodes changed it. */
export const RECENT_MS = 400;

/** How long a command is tried when its context does not say, in milliseconds. */
export const DEFAULT_DEADLINE_MS = 10_000;
