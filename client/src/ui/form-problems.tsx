import type { Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { ProblemNotice, problemTitle } from './problem-notice';

interface FormProblems {
  /** Words for a field that was refused. */
  of(field: string): string | undefined;
  /** Problems that no field of the form can show. */
  others: readonly Problem[];
}

/** Puts each problem where it belongs: on its field, or under the form. */
export function useFormProblems(problems: readonly Problem[], fields: readonly string[]): FormProblems {
  const t = useT();
  return {
    of(field) {
      const problem = problems.find((candidate) => candidate.field === field);
      return problem && problemTitle(t, problem);
    },
    others: problems.filter(({ field }) => field === undefined || !fields.includes(field)),
  };
}

/** Problems one under the other. */
export const Problems = ({ problems, onRetry }: { problems: readonly Problem[]; onRetry?: () => void }) =>
  problems.map((problem, place) => <ProblemNotice key={`${place} ${problem.code} ${problem.rule ?? ''}`} problem={problem} onRetry={onRetry} />);
