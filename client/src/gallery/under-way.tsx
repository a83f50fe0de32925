import { useMemo } from 'react';
import { Link } from '@tanstack/react-router';
import { generationList, Stepper, useProgress, type GenerationRow } from '../generation';
import { useT } from '../i18n/use-t';
import type { LiveList } from '../live/live-list';
import { useIds, useLiveList, useRow } from '../live/use-live-list';
import { activeStates, isActive, RunStatePill } from '../run';
import { useSession } from '../session';
import { useArrivals } from '../ui/data-table/use-arrivals';
import styles from './gallery-screen.module.css';

const SHOWN = 5;
const never = () => false;

/** One's own work that is not done yet, and what came to nothing since the page is open. */
export function UnderWay() {
  const { viewer: { user: { id: userId } } } = useSession();
  const { list } = useLiveList(useMemo(() => generationList({
    states: activeStates, requestedBy: userId, pageSize: SHOWN,
  }), [userId]));
  const ids = useIds(list);
  useArrivals(list, never);
  return ids.slice(0, SHOWN).map((id) => <Work key={id} list={list} id={id} />);
}

function Work({ list, id }: { list: LiveList<GenerationRow>; id: string }) {
  const run = useRow(list, id);
  if (!run || run.state === 'SUCCEEDED') {
    return null;
  }
  return isActive(run) ? <Running run={run} onRun={list.store.push} /> : <Ended run={run} />;
}

function Running({ run, onRun }: { run: GenerationRow; onRun: (run: GenerationRow) => void }) {
  const t = useT();
  const progress = useProgress(run.id, onRun);
  const words = run.prompt ?? t('chat.hidden');
  return (
    <article className={styles.work} aria-label={words}>
      <p><bdi>{words}</bdi></p>
      <Stepper run={run} progress={progress} />
    </article>
  );
}

function Ended({ run }: { run: GenerationRow }) {
  const t = useT();
  const words = run.prompt ?? t('chat.hidden');
  return (
    <article className={styles.work} aria-label={words}>
      <p><RunStatePill state={run.state} /> <bdi>{words}</bdi></p>
      <Link to={run.provider === 'kling' ? '/create/kling' : '/create/legnext'}>{t('gallery.why')}</Link>
    </article>
  );
}
