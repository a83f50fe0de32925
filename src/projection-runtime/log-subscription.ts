import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, SubscriptionItem } from '../event-store/port';
import type { Log } from '../postgres/log';
import { BEFORE_ALL } from './checkpoints';
import type { Tail } from './tail';

const BACK_OFF_MS = [50, 200, 1_000, 5_000];

/**
 * The one subscription of this process: it keeps `tail` at the head of the log until `signal` aborts. Errors and ends
 * are followed by a new subscription from the last item; so is silence while the log goes on.
 * @param silenceMs how long the tail may stand still while the log has more
 */
export async function followLog(store: EventStore, tail: Tail, silenceMs: number, log: Log, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    const attempt = new AbortController();
    const abort = (): void => attempt.abort();
    signal.addEventListener('abort', abort, { once: true });
    const watching = watch(store, tail, silenceMs, log, attempt);
    try {
      const after = tail.head() === BEFORE_ALL ? undefined : tail.head();
      const items = store.subscribeToAll({ after, signal: attempt.signal })[Symbol.asyncIterator]();
      for (let item = await nextItem(items, attempt.signal); item; item = await nextItem(items, attempt.signal)) {
        failures = 0;
        if (item.kind === 'event') tail.push(item.event);
        else if (item.kind === 'checkpoint') tail.advance(item.position);
      }
    } catch (error) {
      if (!attempt.signal.aborted) log.warn({ error: (error as Error).message }, 'The subscription to the log failed and is renewed');
    } finally {
      signal.removeEventListener('abort', abort);
      attempt.abort();
      await watching;
    }
    await sleep(BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)], undefined, { signal }).catch(() => {});
  }
}

/** Aborts the attempt when the tail has stood still for a whole interval though the log has more to say. */
async function watch(store: EventStore, tail: Tail, silenceMs: number, log: Log, attempt: AbortController): Promise<void> {
  const { signal } = attempt;
  for (let before = tail.head(); ; before = tail.head()) {
    await sleep(silenceMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    if (tail.head() !== before) continue;
    try {
      const head = (await store.head()) ?? BEFORE_ALL;
      if (head <= before || tail.head() !== before) continue;
      if (await hasEventAfter(store, before)) {
        if (tail.head() !== before || signal.aborted) continue;
        log.warn({ at: before.toString(), head: head.toString() }, 'The subscription to the log fell silent and is renewed');
        attempt.abort();
        return;
      }
      tail.advance(head);
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'The head of the log cannot be read');
    }
  }
}

/** The next item; undefined at the end and on abort, even when the subscription hangs and hears neither. */
function nextItem(items: AsyncIterator<SubscriptionItem>, signal: AbortSignal): Promise<SubscriptionItem | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    items.next()
      .then(({ done, value }) => resolve(done ? undefined : value), reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

async function hasEventAfter(store: EventStore, position: bigint): Promise<boolean> {
  for await (const _ of store.readAll({ after: position === BEFORE_ALL ? undefined : position, maxCount: 1 })) return true;
  return false;
}
