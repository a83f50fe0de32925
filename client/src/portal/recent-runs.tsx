import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import type { ListState } from '../live/live-list';
import { RunStatePill } from '../run';
import { IconMessageCircle, IconMovie, IconPhoto } from '../ui/icons';
import { ProblemNotice } from '../ui/problem-notice';
import { SimulatedBadge } from '../ui/simulated-badge';
import { Skeleton } from '../ui/skeleton';
import { Time } from '../ui/time';
import styles from './portal-screen.module.css';
import type { PortalRun } from './runs';
import { Tile } from './tile';

interface RecentRunsProps {
  /** Newest first. */
  runs: readonly PortalRun[];
  state: ListState;
  onRetry: () => void;
}

const SHOWN = 12;
const icons = { CHAT: IconMessageCircle, CODE: IconMessageCircle, IMAGE: IconPhoto, VIDEO: IconMovie } as const;

/** One's own last runs, as they are and as they change. */
export function RecentRuns({ runs, state, onRetry }: RecentRunsProps) {
  const t = useT();
  return (
    <Tile id="portal-recent" title={t('portal.recent')}>
      {state.problem && <ProblemNotice problem={state.problem} onRetry={onRetry} />}
      {runs.length === 0 && state.phase === 'loading' && <Skeleton rows={3} height={32} />}
      {runs.length === 0 && state.phase === 'ready' && <p className="muted">{t('run.empty')}</p>}
      <ul className={styles.strip}>{runs.slice(0, SHOWN).map((run) => <Recent key={run.id} run={run} />)}</ul>
    </Tile>
  );
}

function Recent({ run }: { run: PortalRun }) {
  const t = useT();
  const Icon = icons[run.kind];
  const picture = run.outputs.find(({ thumbnailUrl }) => thumbnailUrl !== null)?.thumbnailUrl;
  return (
    <li>
      <Link to="/runs/$runId" params={{ runId: run.id }} className={styles.recent}>
        <span className={styles.thumbnail}>
          {picture ? <img src={picture} alt="" loading="lazy" decoding="async" /> : <Icon size={20} stroke={1.5} aria-hidden />}
        </span>
        <span className={styles.words}>
          <bdi>{run.prompt ?? `${t(`run.kind.${run.kind}`)} · ${run.model}`}</bdi>
          <span className={styles.facts}>
            <RunStatePill state={run.state} />
            {run.simulated && <SimulatedBadge />}
            <span className="muted"><Time iso={run.createdAt} /></span>
          </span>
        </span>
      </Link>
    </li>
  );
}
