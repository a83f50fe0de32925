import { rest, type Drive } from './drive';

/** Rests that end early when the vendor calls back about the attempt. */
export interface CallbackBell {
  rest(milliseconds: number): Promise<void>;
  close(): void;
}

export function callbackBell(drive: Drive): CallbackBell {
  let ring = new AbortController();
  const close = drive.callbacks.listen(drive, () => ring.abort());
  return {
    async rest(milliseconds) {
      await rest(drive, milliseconds, ring.signal);
      if (ring.signal.aborted) ring = new AbortController();
    },
    close,
  };
}
