import type { ServerWritableStream } from '@grpc/grpc-js';

/** The sending side of one call, with its listeners registered once. */
export interface Outlet {
  readonly cancelled: boolean;
  /** Hands one encoded message over; a promise means that the reader is slow and must be waited for. */
  send(message: Uint8Array): Promise<void> | undefined;
  /** Runs `release` when the caller goes away. */
  onCancelled(release: () => void): void;
}

/** Watches a server-streaming call for "there is room again" and "nobody listens any more". */
export function createOutlet<Request>(call: ServerWritableStream<Request, Uint8Array>): Outlet {
  let proceed: (() => void) | undefined;
  const releases: (() => void)[] = [];
  const go = (): void => {
    proceed?.();
    proceed = undefined;
  };
  call.on('drain', go);
  call.on('cancelled', () => {
    go();
    for (const release of releases) release();
  });
  return {
    get cancelled() {
      return call.cancelled;
    },
    send: (message) => (call.cancelled || call.write(message) ? undefined : new Promise((resolve) => (proceed = resolve))),
    onCancelled: (release) => {
      if (call.cancelled) release();
      else releases.push(release);
    },
  };
}
