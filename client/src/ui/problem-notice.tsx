import { Button } from '@mantine/core';
import { mayRetry, type Problem } from '../graphql/problem';
import { useT, type T } from '../i18n/use-t';
import { CopyButton } from './copy-button';
import { IconAlertTriangle } from './icons';
import styles from './problem-notice.module.css';

/** What happened, in the words of the rule that refused, or of the code. */
export function problemTitle(t: T, { code, rule, details, retryAfterMs }: Problem): string {
  const id = `rule.${rule ?? ''}`;
  const values = { ...(details && typeof details === 'object' ? details : {}), seconds: Math.ceil((retryAfterMs ?? 0) / 1_000) };
  return t.knows(id) ? t(id, values) : t(`error.${code}`, values);
}

interface ProblemNoticeProps {
  problem: Problem;
  onRetry?: () => void;
}

/** An error where it happened: what, what now, the code, and a correlation id to quote. */
export function ProblemNotice({ problem, onRetry }: ProblemNoticeProps) {
  const t = useT();
  return (
    <div role="alert" className={styles.notice}>
      <IconAlertTriangle size={16} aria-hidden />
      <div className={styles.words}>
        <p className={styles.title}>{problemTitle(t, problem)}</p>
        <p>{t(`error.${problem.code}.next`)}</p>
        <p className={styles.reference}>
          <code>{problem.code}</code>
          {problem.correlationId && (
            <>
              <code>{problem.correlationId}</code>
              <CopyButton text={problem.correlationId} label={t('problem.correlationId')} />
            </>
          )}
        </p>
      </div>
      {problem.code === 'OUTDATED' && (
        <Button size="xs" variant="default" onClick={() => window.location.reload()}>{t('problem.reload')}</Button>
      )}
      {onRetry && mayRetry(problem) && <Button size="xs" variant="default" onClick={onRetry}>{t('problem.retry')}</Button>}
    </div>
  );
}
