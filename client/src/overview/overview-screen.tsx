import { useMemo, useSyncExternalStore } from 'react';
import { Link, linkOptions } from '@tanstack/react-router';
import { useClient } from 'urql';
import { useT } from '../i18n/use-t';
import { count } from '../lib/format';
import { useLive } from '../live/context';
import { Empty } from '../ui/empty';
import { Page } from '../ui/page';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { StatTile } from '../ui/stat-tile';
import { StatusPill } from '../ui/status-pill';
import styles from './overview-screen.module.css';
import { Projections } from './projections';
import { standingOf } from './standing';
import { createTracedOverview, type Figure } from './traced-overview';

const running = ['REQUESTED', 'QUEUED', 'LEASED', 'SUBMITTED', 'POLLING'];

const tiles: readonly { figure: Figure; tone?: 'bad' | 'waiting' }[] = [
  { figure: 'runsRunning' },
  { figure: 'waiting', tone: 'waiting' },
  { figure: 'activeLeases' },
  { figure: 'runsFailedLastHour', tone: 'bad' },
  { figure: 'users' },
  { figure: 'activeKeys' },
  { figure: 'pendingKeys' },
  { figure: 'chatSessions' },
];

/** Where each number leads: the list it counts. */
const lists = {
  runsRunning: linkOptions({ to: '/runs', search: { state: running } }),
  waiting: linkOptions({ to: '/key-pools' }),
  activeLeases: linkOptions({ to: '/key-pools' }),
  runsFailedLastHour: linkOptions({ to: '/runs', search: { state: ['FAILED', 'TIMED_OUT'] } }),
  users: linkOptions({ to: '/users', search: { state: 'ACTIVE' } }),
  activeKeys: linkOptions({ to: '/virtual-keys', search: { state: 'ACTIVE' } }),
  pendingKeys: linkOptions({ to: '/virtual-keys', search: { state: 'PENDING' } }),
  chatSessions: linkOptions({ to: '/chat/{-$sessionId}' }),
};

const firstCall = `query {
  overview {
    users activeKeys activeLeases waiting runsRunning
    projections { name state position }
  }
}`;

/** Is everything fine, at a glance. */
export default function OverviewScreen() {
  const t = useT();
  const client = useClient();
  const live = useLive();
  const overview = useMemo(() => createTracedOverview(client, live), [client, live]);
  const { value, problem, traces } = useSyncExternalStore(overview.subscribe, overview.get);

  if (!value) {
    return (
      <Page title={t('nav.overview')}>
        {problem ? <ProblemNotice problem={problem} onRetry={overview.retry} /> : <Skeleton rows={8} height={32} />}
      </Page>
    );
  }

  const standing = standingOf(value);
  const untouched = value.users <= 1 && value.activeKeys + value.pendingKeys === 0 && value.chatSessions === 0;
  return (
    <Page title={t('nav.overview')} note={<StatusPill tone={standing.tone}>{t(standing.word)}</StatusPill>}>
      {problem && <ProblemNotice problem={problem} onRetry={overview.retry} />}
      <div className={styles.tiles}>
        {tiles.map(({ figure, tone }) => (
          <StatTile
            key={figure}
            label={t(`overview.${figure}`)}
            value={count(value[figure], t.language)}
            recent={traces[figure]}
            tone={value[figure] > 0 ? tone : undefined}
            link={(content, className) => <Link {...lists[figure]} className={className}>{content}</Link>}
          />
        ))}
      </div>
      {untouched && (
        <Empty title={t('overview.first')} call={firstCall}>
          {t('overview.firstHint')}
        </Empty>
      )}
      <Projections projections={value.projections} />
    </Page>
  );
}
