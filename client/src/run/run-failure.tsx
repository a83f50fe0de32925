import { useT } from '../i18n/use-t';
import type { RunRow } from './list';
import styles from './run-peek.module.css';

/** Why a run failed and what now, in the words of its code; the vendor's own words below. */
export function RunFailure({ run: { failure, failureCode } }: { run: Pick<RunRow, 'failure' | 'failureCode'> }) {
  const t = useT();
  if (!failure && !failureCode) {
    return null;
  }
  return (
    <div className={styles.failure}>
      {failureCode && <p><strong>{t(`error.${failureCode}`)}</strong> {t(`error.${failureCode}.next`)} <code>{failureCode}</code></p>}
      {failure && <p className="muted"><bdi>{failure}</bdi></p>}
    </div>
  );
}
