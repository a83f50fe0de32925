import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { count } from '../lib/format';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { PortalUsageDocument } from './gql/documents';
import styles from './portal-screen.module.css';
import { Tile } from './tile';

/** Requests of today against the limit. */
export function UsageTile() {
  const t = useT();
  return <Tile id="portal-usage" title={t('usage.today')}><Usage /></Tile>;
}

function Usage() {
  const t = useT();
  const { data, problem, refresh } = useAnswer(PortalUsageDocument, {});
  if (!data?.viewer) {
    return problem ? <ProblemNotice problem={problem} onRetry={() => void refresh()} /> : <Skeleton rows={2} height={20} />;
  }
  const { usage: { dailyRequests, dailyLimit, remainingRequests }, user: { tier } } = data.viewer;
  const number = (value: number) => count(value, t.language);
  return (
    <>
      {dailyLimit !== null && dailyLimit > 0 && (
        <meter className={styles.meter} min={0} max={dailyLimit} value={Math.min(dailyRequests, dailyLimit)} aria-labelledby="portal-usage" />
      )}
      <p className="number">
        {dailyLimit === null
          ? t('usage.unlimited', { used: number(dailyRequests) })
          : t('usage.ofLimit', { used: number(dailyRequests), limit: number(dailyLimit), left: number(remainingRequests ?? 0) })}
      </p>
      <p className="muted">{t('entitlement.subject.tier', { tier })}</p>
    </>
  );
}
