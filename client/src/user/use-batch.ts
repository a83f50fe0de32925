import { useState } from 'react';
import { ofRefusal, type Problem, type Refused } from '../graphql/problem';
import type { UserRow } from './list';

/** Most users a request, as the API has it. */
export const batchSize = 100;

export interface BatchDialogProps {
  /** Whom it is about; the same list for as long as the dialog is open. */
  users: readonly UserRow[];
  onChanged: (user: UserRow) => void;
  /** Told who stays chosen: those who were refused, when that was wanted, and those it never came to. */
  onDone: (chosen: readonly string[]) => void;
}

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
    if (!result) {
      return { user, problem: { code: 'E5001' } };
    }
    const [refused] = result.errors;
    return { user: result.user ?? user, problem: refused && ofRefusal(refused) };
  });

export interface Batch {
  busy: boolean;
  /** Of those that were judged so far. */
  outcomes: readonly Outcome[];
  /** Why it stopped before the end. */
  problems: readonly Problem[];
  /** There is nothing more to do: what became of all, or of those it came to, can be shown. */
  finished: boolean;
  /** Starts, or goes on with those that were not judged yet. */
  run(): Promise<void>;
  /** Leaves it where it stopped: what is done already is shown before the dialog goes. */
  cancel(): void;
  /** Closes the results. */
  done(refused: readonly string[]): void;
}

/**
 * One act on many users, part by part.
 * @param size most users a part
 * @param send does one part
 */
export function useBatch(
  { users, onChanged, onDone }: BatchDialogProps, size: number, send: (part: readonly UserRow[]) => Promise<PartAnswer>,
): Batch {
  const [busy, setBusy] = useState(false);
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [cancelled, setCancelled] = useState(false);

  async function run(): Promise<void> {
    let done = outcomes;
    setBusy(true);
    setProblems([]);
    while (done.length < users.length) {
      const answer = await send(users.slice(done.length, done.length + size));
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

  return {
    busy,
    outcomes,
    problems,
    finished: outcomes.length > 0 && (cancelled || outcomes.length >= users.length),
    run,
    cancel: () => (outcomes.length > 0 ? setCancelled(true) : onDone([])),
    done: (refused) => onDone([...refused, ...users.slice(outcomes.length).map(({ id }) => id)]),
  };
}
