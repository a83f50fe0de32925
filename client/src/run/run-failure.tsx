import { useT } from '../i18n/use-t';
import { saidBeside } from '../lib/said-beside';
import type { RunRow } from './list';
import styles from './run-peek.module.css';

/** Why a run failed: the kind of failure, or what its code means and what to do now; what is known of this one below. */
export function RunFailure({ run: { failure, failureCode, failureCategory } }: { run: Pick<RunRow, 'failure' | 'failureCode' | 'failureCategory'> }) {
  const t = useT();
  if (!failure && !failureCode) {
    return null;
  }
  const title = failureCategory ? t(`failureCategory.${failureCategory}`) : failureCode ? t(`error.${failureCode}`) : '';
  return (
    <div className={styles.failure}>
      {title && (
        <p>
          <strong>{title}</strong> {!failureCategory && failureCode && t(`error.${failureCode}.next`)} {failureCode && <code>{failureCode}</code>}
        </p>
      )}
      {saidBeside(title, [failure]).map((sentence) => <p key={sentence} className="muted"><bdi>{sentence}</bdi></p>)}
    </div>
  );
}
