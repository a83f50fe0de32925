import { Link } from '@tanstack/react-router';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { PortalConcurrencyDocument } from './gql/documents';
import styles from './portal-screen.module.css';
import { Tile } from './tile';

/** How much work goes on at once, one's own and all, against the limits (TEST-84). */
export function WorkTile() {
  const t = useT();
  return <Tile id="portal-work" title={t('portal.work')}><Work /></Tile>;
}

function Work() {
  const t = useT();
  const { data, problem, refresh } = useAnswer(PortalConcurrencyDocument, {});
  if (!data) {
    return problem ? <ProblemNotice problem={problem} onRetry={() => void refresh()} /> : <Skeleton rows={2} height={20} />;
  }
  const { mine, userLimit, total, globalLimit } = data.concurrency;
  return (
    <>
      <meter className={styles.meter} min={0} max={Math.max(1, userLimit)} value={Math.min(mine, userLimit)} aria-labelledby="portal-work" />
      <p className="number">{t('generation.concurrency', { mine, userLimit, total, globalLimit })}</p>
      <p><Link to="/runs" search={{ state: ['REQUESTED', 'QUEUED', 'LEASED', 'SUBMITTED', 'POLLING'] }}>{t('portal.running')}</Link></p>
    </>
  );
}
