const PREFIX = 'run/';

/** How a run names itself where it holds a provider key or waits for one. */
export const holderOf = (runId: string): string => PREFIX + runId;

/** The run behind such a name; undefined for the name of anybody else. */
export const runOfHolder = (holder: string): string | undefined => (holder.startsWith(PREFIX) ? holder.slice(PREFIX.length) : undefined);
