import { useMemo } from 'react';
import { useT } from '../i18n/use-t';
import { useLiveList } from '../live/use-live-list';
import { useRows } from '../live/use-rows';
import { useMay, useSession } from '../session';
import { useArrivals } from '../ui/data-table/use-arrivals';
import { Page } from '../ui/page';
import { Notices } from './notices';
import styles from './portal-screen.module.css';
import { RecentRuns } from './recent-runs';
import { ownRuns } from './runs';
import { Search } from './search';
import { Tools } from './tools';
import { UsageTile } from './usage-tile';
import { WorkTile } from './work-tile';

/** The page to start from: one glance and one click. */
export default function PortalScreen() {
  const t = useT();
  const seesRuns = useMay('runs:read');
  return (
    <Page title={t('nav.portal')}>
      <div className={styles.portal}>{seesRuns ? <WithRuns /> : <WithoutRuns />}</div>
    </Page>
  );
}

const never = () => false;

function WithRuns() {
  const { viewer: { user: { id: userId } } } = useSession();
  const { list, state } = useLiveList(useMemo(() => ownRuns(userId), [userId]));
  const runs = useRows(list);
  useArrivals(list, never);
  return (
    <>
      <Search runs={runs} />
      <Tools />
      <div className={styles.tiles}>
        <UsageTile />
        <WorkTile />
        <Notices runs={runs} />
      </div>
      <RecentRuns runs={runs} state={state} onRetry={list.reload} />
    </>
  );
}

const WithoutRuns = () => (
  <>
    <Search runs={[]} />
    <Tools />
    <div className={styles.tiles}>
      <UsageTile />
      <Notices runs={[]} />
    </div>
  </>
);
