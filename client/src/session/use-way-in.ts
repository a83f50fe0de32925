import { useState } from 'react';
import type { Document } from '../graphql/document';
import { post } from '../graphql/direct';
import { ofRefusal, type Problem, type Refused } from '../graphql/problem';
import type { Viewer } from './session';

interface WayIn<Input> {
  /** @returns who is signed in now, or undefined when it was refused; `problems` then says why */
  run(input: Input): Promise<Viewer | undefined>;
  busy: boolean;
  problems: readonly Problem[];
}

interface Payload {
  viewer: Viewer | null;
  errors: readonly Refused[];
}

/** A mutation that signs in, sent past the client: it must not wait for the session it is about to open. */
export function useWayIn<Data, Input>(document: Document<Data, { input: Input }>, payloadOf: (data: Data) => Payload): WayIn<Input> {
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  return {
    busy,
    problems,
    async run(input) {
      setBusy(true);
      const answer = await post(document, { input });
      setBusy(false);
      const payload = answer.data && payloadOf(answer.data);
      setProblems(answer.problem ? [answer.problem] : payload?.errors.map(ofRefusal) ?? []);
      return payload?.viewer ?? undefined;
    },
  };
}
