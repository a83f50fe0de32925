import type { Refusal } from '../../schema/errors/catalogue';
import type { Context } from './context';

export interface RefusedAct {
  /** Name of the mutation, or `authenticate`. */
  act: string;
  refusal: Refusal;
  /** Of the mutation: the objects that its ids name become the subjects. */
  input?: unknown;
}

/**
 * Puts refused acts into the audit log. Refusals come as fast as somebody can be wrong, so only some a minute are kept
 * for each caller; the next one that is kept says how many were not.
 */
export interface RefusalRecorder {
  /** Never throws: a refusal stands whether or not it could be written down. */
  record(
    caller: Pick<Context, 'principal' | 'address' | 'correlationId' | 'requestId'>, refused: RefusedAct,
  ): Promise<void>;
}
