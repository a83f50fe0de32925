/** Where the events of one command stand in its stream. */
export interface CommandPlace {
  first: bigint;
  last: bigint;
  /** Of its last event, or of the append that held it. */
  position: bigint;
}

/** The newest commands of a stream: what tells a repeated command from a new one. */
export interface RecentCommands {
  find(commandId: string): CommandPlace | undefined;
  remember(commandId: string, place: CommandPlace): void;
  readonly size: number;
}

/**
 * Keeps at least the `limit` newest commands and at most twice as many, in two generations: forgetting a generation at
 * a time costs nothing for each command.
 */
export function createRecentCommands(limit: number): RecentCommands {
  let young = new Map<string, CommandPlace>();
  let old = new Map<string, CommandPlace>();
  return {
    find: (commandId) => young.get(commandId) ?? old.get(commandId),
    remember(commandId, place) {
      young.set(commandId, place);
      if (young.size >= limit) [old, young] = [young, new Map()];
    },
    get size() {
      return young.size + old.size;
    },
  };
}
