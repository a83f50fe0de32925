import { useEffect } from 'react';
import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { count, duration } from '../lib/format';
import { keyOf } from '../lib/global-id';
import { useLiveList } from '../live/use-live-list';
import { useRows } from '../live/use-rows';
import { useHeldRows } from '../ui/held-rows';
import { Page } from '../ui/page';
import table from '../ui/plain-table.module.css';
import { ProblemNotice } from '../ui/problem-notice';
import { SimulatedBadge } from '../ui/simulated-badge';
import { Skeleton } from '../ui/skeleton';
import { useSeconds } from '../ui/use-now';
import { activityOf } from './activity';
import { activeRuns, type RunRow } from './list';
import styles from './monitoring.module.css';
import { RunStatePill } from './run-state-pill';
import { isActive } from './states';

/** Runs that ended are let go of once there are so many. */
const endedKept = 200;
const shortLength = 8;

/** What goes on right now: figures, and every run with its stage. */
export default function MonitoringScreen() {
  const t = useT();
  const { list, state } = useLiveList(activeRuns);
  const rows = useRows(list);
  const running = rows.filter(isActive);
  const { runs, users, pools } = activityOf(running);
  const ended = rows.length - running.length;

  useEffect(() => {
    if (ended > endedKept) {
      list.reload();
    }
  }, [list, ended]);

  return (
    <Page title={t('nav.monitoring')}>
      {state.problem && <ProblemNotice problem={state.problem} onRetry={list.reload} />}
      <dl className={styles.figures}>
        <div><dt>{t('monitoring.runs')}</dt><dd>{count(runs, t.language)}</dd></div>
        <div><dt>{t('monitoring.users')}</dt><dd>{count(users, t.language)}</dd></div>
        <div>
          <dt>{t('monitoring.pools')}</dt>
          <dd>{count(pools.length, t.language)}</dd>
          <dd className={styles.pools}>{pools.map(({ name, runs: at }) => `${name} ${at}`).join(' · ')}</dd>
        </div>
      </dl>
      {rows.length === 0 && state.phase === 'loading' ? <Skeleton rows={6} height={24} /> : <RunningRuns running={running} />}
    </Page>
  );
}

function RunningRuns({ running }: { running: readonly RunRow[] }) {
  const t = useT();
  const now = useSeconds();
  const { held, handlers } = useHeldRows(running);
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('monitoring.table')} {...handlers}>
      <table className={table.table}>
        <caption className="visually-hidden">{t('monitoring.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('run')}</th>
            <th scope="col">{t('run.stage')}</th>
            <th scope="col">{t('run.kind')}</th>
            <th scope="col">{t('run.requestedBy')}</th>
            <th scope="col">{t('run.pool')}</th>
            <th scope="col">{t('run.keyName')}</th>
            <th scope="col">{t('run.attempt')}</th>
            <th scope="col" className={table.end}>{t('monitoring.elapsed')}</th>
          </tr>
        </thead>
        <tbody>
          {held.map(({ row: run, gone }) => (
            <tr key={run.id} data-gone={gone || undefined}>
              <th scope="row">
                <Link to="/runs/$runId" params={{ runId: run.id }}>{t('lease.run', { run: keyOf(run.id).slice(0, shortLength) })}</Link>
              </th>
              <td>{gone ? <span className="muted">{t('monitoring.ended')}</span> : <RunStatePill state={run.state} />}</td>
              <td>
                {run.operation === null ? t(`run.kind.${run.kind}`) : t(`run.operation.${run.operation}`)}
                {run.simulated && <> <SimulatedBadge /></>}
              </td>
              <td><bdi>{run.requestedBy?.displayName ?? '–'}</bdi></td>
              <td>{run.pool ?? run.provider}</td>
              <td><bdi>{run.keyName ?? '–'}</bdi></td>
              <td>{run.attempt}</td>
              <td className={table.end}>{gone ? '–' : duration(Math.max(0, now - Date.parse(run.createdAt)))}</td>
            </tr>
          ))}
          {held.length === 0 && <tr><td colSpan={8} className="muted">{t('monitoring.empty')}</td></tr>}
        </tbody>
      </table>
    </div>
  );
}
