import { useRef, useState } from 'react';
import { useClient } from 'urql';
import { newId } from '../lib/identifier';
import { toNode, type Document } from './document';
import { isJudged, ofError, ofRefusal, type Problem, type Refused } from './problem';

interface Payload {
  errors: readonly Refused[];
}

interface Answered<Result> {
  payload: Result | undefined;
  /** Why there is no payload; empty when there is one. */
  problems: readonly Problem[];
}

export interface Act<Input, Result> {
  /** @returns the payload, or undefined when it was refused or never arrived; `problems` then says why */
  run(input: Input): Promise<Result | undefined>;
  /** The same for callers that need the problems at once, such as one that acts on many things in turn. */
  send(input: Input): Promise<Answered<Result>>;
  busy: boolean;
  problems: readonly Problem[];
}

/**
 * A mutation for the screens. The same input sent again after a failure carries the same idempotency key, so a lost
 * answer never makes a second effect. What was refused for good is a new attempt: meanwhile somebody may have cleared
 * what stood in its way.
 * @param payloadOf leads from the answer to the mutation's payload
 */
export function useAct<Data, Input extends { idempotencyKey?: string | null }, Result extends Payload>(
  document: Document<Data, { input: Input }>, payloadOf: (data: Data) => Result): Act<Input, Result> {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const attempt = useRef({ input: '', key: '' });

  async function send(input: Input): Promise<Answered<Result>> {
    const text = JSON.stringify(input);
    if (attempt.current.input !== text) {
      attempt.current = { input: text, key: newId() };
    }
    setBusy(true);
    const result = await client.mutation(toNode(document), { input: { ...input, idempotencyKey: attempt.current.key } }).toPromise();
    setBusy(false);
    const payload = result.data ? payloadOf(result.data) : undefined;
    const found = result.error ? [ofError(result.error)] : (payload?.errors.map(ofRefusal) ?? [{ code: 'E5001' as const }]);
    setProblems(found);
    if (payload && found.every(isJudged)) {
      attempt.current = { input: '', key: '' };
    }
    return found.length > 0 ? { payload: undefined, problems: found } : { payload, problems: [] };
  }

  return { busy, problems, send, run: async (input) => (await send(input)).payload };
}
