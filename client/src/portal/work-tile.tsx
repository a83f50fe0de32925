import { Link } from '@tanstack/react-router';
import { useConcurrency } from '../generation';
import { useT } from '../i18n/use-t';
import type { LiveList } from '../live/live-list';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import styles from './portal-screen.module.css';
import type { PortalRun } from './runs';
import { Tile } from './tile';

interface WorkTileProps {
  /** One's own runs. */
  list: LiveList<PortalRun>;
}

/** How much work goes on at once, one's own and all, against the limits (TEST-84). */
export function WorkTile({ list }: WorkTileProps) {
  const t = useT();
  return <Tile id="portal-work" title={t('portal.work')}><Work list={list} /></Tile>;
}

function Work({ list }: WorkTileProps) {
  const t = useT();
  const { data, problem, refresh } = useConcurrency(list);
  if (!data) {
    return problem ? <ProblemNotice problem={problem} onRetry={() => void refresh()} /> : <Skeleton rows={2} height={20} />;
  }
  const { mine, userLimit } = data.concurrency;
  return (
    <>
      <meter className={styles.meter} min={0} max={Math.max(1, userLimit)} value={Math.min(mine, userLimit)} aria-labelledby="portal-work" />
      <p className="number">{t('generation.concurrency', { ...data.concurrency })}</p>
      <p><Link to="/runs" search={{ state: ['REQUESTED', 'QUEUED', 'LEASED', 'SUBMITTED', 'POLLING'] }}>{t('nav.runs')}</Link></p>
    </>
  );
}
