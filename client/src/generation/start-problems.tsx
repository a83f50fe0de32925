import { lazy, Suspense, useState } from 'react';
import { useClearSlots } from '../concurrency-slot';
import type { Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { announce } from '../ui/announcer';
import { Problems } from '../ui/form-problems';
import styles from './generation.module.css';

const ConfirmButton = lazy(async () => ({ default: (await import('../ui/confirm-button')).ConfirmButton }));

interface StartProblemsProps {
  problems: readonly Problem[];
  onRetry?: () => void;
}

/** Which rule did not let a run begin, with its values; too much work of one's own can be given up right here. */
export function StartProblems({ problems, onRetry }: StartProblemsProps) {
  const t = useT();
  const act = useClearSlots();
  const [solved, setSolved] = useState<Problem>();
  const shown = problems.filter((problem) => problem !== solved);
  const tooMuch = shown.find(({ rule }) => rule === 'user_concurrency');

  async function clear(): Promise<void> {
    const payload = await act.run({});
    if (payload) {
      setSolved(tooMuch);
      announce(t('generation.cleared', { count: payload.runs?.length ?? 0 }));
    }
  }

  return (
    <>
      <Problems problems={shown} onRetry={tooMuch ? undefined : onRetry} />
      {tooMuch && (
        <div className={styles.buttons}>
          <Suspense>
            <ConfirmButton act={t('myRuns.clear')} effect={t('generation.clear.effect')} busy={act.busy} problems={act.problems}
              onConfirm={() => void clear()} />
          </Suspense>
        </div>
      )}
    </>
  );
}
