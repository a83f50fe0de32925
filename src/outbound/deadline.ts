import { OutboundError } from './outbound-error';

/** Ends one exchange early: by the caller's signal, its total time, or silence between pieces. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Why the exchange was ended, once it was. */
  readonly failure: OutboundError | undefined;
  /** Starts the time within which the next piece must come. */
  expectPiece(): void;
  /** Stops that time, while it is the reader who takes long. */
  pieceCame(): void;
  /** Stops all timers; call it when the exchange is over. */
  clear(): void;
}

export function createDeadline(
  upstream: string,
  { signal, timeoutMs, idleTimeoutMs }: { signal?: AbortSignal; timeoutMs: number; idleTimeoutMs?: number },
): Deadline {
  const controller = new AbortController();
  let failure: OutboundError | undefined;
  const end = (kind: 'timeout' | 'aborted', detail: string) => (): void => {
    failure ??= new OutboundError(upstream, kind, false, detail);
    clear();
    controller.abort();
  };
  const clear = (): void => {
    clearTimeout(total);
    clearTimeout(idle);
    signal?.removeEventListener('abort', onAbort);
  };
  const onAbort = end('aborted', 'the call was given up');
  const total = setTimeout(end('timeout', `no complete answer within ${timeoutMs} ms`), timeoutMs);
  let idle: NodeJS.Timeout | undefined;
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    get failure() {
      return failure;
    },
    expectPiece() {
      clearTimeout(idle);
      if (idleTimeoutMs !== undefined) idle = setTimeout(end('timeout', `nothing came for ${idleTimeoutMs} ms`), idleTimeoutMs);
    },
    pieceCame: () => clearTimeout(idle),
    clear,
  };
}
