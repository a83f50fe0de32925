import { useState } from 'react';
import { ofRefusal, type Problem, type Refused } from '../graphql/problem';
import type { UserRow } from './list';

/** What became of one of many. */
export interface Outcome {
  /** As they are now, or were when it was refused. */
  user: UserRow;
  problem?: Problem;
}

/** A `UserResult` as the documents ask for it. */
interface Result {
  index: number;
  user: UserRow | null;
  errors: readonly Refused[];
}

/** The outcomes of a part, or what kept it from being judged at all. */
export type PartAnswer = { outcomes: readonly Outcome[]; problems?: undefined } | { outcomes?: undefined; problems: readonly Problem[] };

/** Puts the results of a part to the users it was about. */
export const outcomesOf = (results: readonly Result[] | null | undefined, part: readonly UserRow[]): readonly Outcome[] =>
  part.map((user, index) => {
    const result = results?.find((candidate) => candidate.index === index);
    const refused = result?.errors[0];
    return { user: result?.user ?? user, problem: refused && ofRefusal(refused) };
  });

export interface Batch {
  busy: boolean;
  /** Of those that were judged so far. */
  outcomes: readonly Outcome[];
  /** Why it stopped before the end. */
  problems: readonly Problem[];
  finished: boolean;
  /** Starts, or goes on with those that were not judged yet. */
  run(): Promise<void>;
}

/**
 * One act on many users, part by part.
 * @param size most users a part
 * @param send does one part
 * @param onChanged told of every user that was changed
 */
export function useBatch(
  targets: readonly UserRow[], size: number, send: (part: readonly UserRow[]) => Promise<PartAnswer>, onChanged: (user: UserRow) => void,
): Batch {
  const [busy, setBusy] = useState(false);
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const [problems, setProblems] = useState<readonly Problem[]>([]);

  async function run(): Promise<void> {
    let done = outcomes;
    setBusy(true);
    setProblems([]);
    while (done.length < targets.length) {
      const answer = await send(targets.slice(done.length, done.length + size));
      if (!answer.outcomes) {
        setProblems(answer.problems);
        break;
      }
      answer.outcomes.filter(({ problem }) => !problem).forEach(({ user }) => onChanged(user));
      done = [...done, ...answer.outcomes];
      setOutcomes(done);
    }
    setBusy(false);
  }

  return { busy, outcomes, problems, finished: outcomes.length > 0 && outcomes.length >= targets.length, run };
}
