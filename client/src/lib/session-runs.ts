import { observable, type Observable } from './observable';

const storageKey = 'keyledger-session-runs';
const limit = 500;

function read(): readonly string[] {
  try {
    const held: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(held) ? held.filter((id) => typeof id === 'string') : [];
  } catch {
    // A value from elsewhere, or storage refused: nothing is known then.
    return [];
  }
}

/** Ids of the runs that were started in this tab since its session began, oldest first. */
export const sessionRuns: Observable<readonly string[]> = observable(read());

function keep(ids: readonly string[]): void {
  sessionRuns.set(ids);
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(ids));
  } catch {
    // Storage may be refused: it is then known as long as the page.
  }
}

/** A mutation of this tab started a run, or started it anew. */
export function startedHere(runId: string): void {
  if (!sessionRuns.get().includes(runId)) {
    keep([...sessionRuns.get(), runId].slice(-limit));
  }
}

/** From now on a new session: what was started before belongs to none. */
export const beginSession = (): void => keep([]);
