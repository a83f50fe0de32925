import { Link } from '@tanstack/react-router';
import { useConcurrency } from '../concurrency-slot';
import { useT } from '../i18n/use-t';
import { activeStates } from '../run';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import styles from './portal-screen.module.css';
import { Tile } from './tile';

/** How much work goes on at once, one's own and all, against the limits (TEST-84). */
export function WorkTile() {
  const t = useT();
  return <Tile id="portal-work" title={t('portal.work')}><Work /></Tile>;
}

function Work() {
  const t = useT();
  const { value, problem, retry } = useConcurrency();
  if (!value) {
    return problem ? <ProblemNotice problem={problem} onRetry={retry} /> : <Skeleton rows={2} height={20} />;
  }
  const { mine, userLimit } = value;
  return (
    <>
      <meter className={styles.meter} min={0} max={Math.max(1, userLimit)} value={Math.min(mine, userLimit)} aria-labelledby="portal-work" />
      <p className="number">{t('generation.concurrency', { ...value })}</p>
      <p><Link to="/runs" search={{ state: [...activeStates] }}>{t('nav.runs')}</Link></p>
    </>
  );
}
