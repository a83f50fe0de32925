/**
 * - `forbidden_address`: the address is not one we may talk to
 * - `unreachable`: name unknown, connection refused, TLS failure
 * - `timeout`: no complete answer in time
 * - `aborted`: the caller gave up
 * - `dropped`: the connection broke
 * - `redirect`: the upstream pointed elsewhere
 * - `too_large`: the answer passed its limit
 * - `encoded`: the answer has a content encoding that nobody asked for
 * - `refused`: a file is not given out, for example because it is gone; `unavailable`: not now
 */
export type OutboundFailure =
  'forbidden_address' | 'unreachable' | 'timeout' | 'aborted' | 'dropped' | 'redirect' | 'too_large' | 'encoded' |
  'refused' | 'unavailable';

/** An outbound call without a usable answer. The message holds no secret, no address and nothing the upstream said. */
export class OutboundError extends Error {
  /**
   * @param upstream configured name of who was called
   * @param notSent true when the request certainly never reached the upstream; otherwise its effect is unknown
   */
  constructor(readonly upstream: string, readonly failure: OutboundFailure, readonly notSent: boolean, detail: string) {
    super(`${upstream}: ${detail}`);
    this.name = 'OutboundError';
  }
}
