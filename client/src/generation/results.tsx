import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { useT } from '../i18n/use-t';
import { useIds, useLiveList } from '../live/use-live-list';
import { useSession } from '../session';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { useArrivals } from '../ui/data-table/use-arrivals';
import { ConcurrencyNote } from './concurrency-note';
import type { Operation } from './gql/documents';
import { Generation } from './generation';
import { generationList, KEPT_RESULTS } from './generations';
import { lightboxItems, type LightboxItem } from './lightbox-items';
import styles from './screen.module.css';

const Lightbox = lazy(() => import('./lightbox'));

interface ResultsProps {
  /** Kept the same as long as they mean the same. */
  operations: readonly Operation[];
  /** What stands here as long as there is nothing. */
  empty: ReactNode;
}

const never = () => false;

/** One's last runs of a form, as the server keeps them: going elsewhere or loading the page anew loses nothing. */
export function Results({ operations, empty }: ResultsProps) {
  const t = useT();
  const { viewer: { user: { id: userId } } } = useSession();
  const { list, state } = useLiveList(useMemo(() => generationList({ operations, requestedBy: userId, pageSize: KEPT_RESULTS }), [operations, userId]));
  const ids = useIds(list).slice(0, KEPT_RESULTS);
  const [open, setOpen] = useState<{ items: readonly LightboxItem[]; at: number }>();
  // One's own runs come because one started them: they show at once.
  useArrivals(list, never);

  function show(outputId: string): void {
    const runs = ids.map(list.store.get).filter((run) => run !== undefined);
    const items = lightboxItems(runs).filter(({ output }) => output.kind === 'IMAGE');
    setOpen({ items, at: items.findIndex(({ output }) => output.id === outputId) });
  }

  return (
    <section className={styles.results} aria-labelledby="results-title">
      <div className={styles.resultsHead}>
        <h2 id="results-title">{t('generation.results')}</h2>
        <ConcurrencyNote />
      </div>
      {state.problem && <ProblemNotice problem={state.problem} onRetry={list.reload} />}
      {ids.length === 0 && state.phase === 'loading' && <Skeleton rows={4} height={80} />}
      {ids.length === 0 && state.phase === 'ready' && empty}
      {ids.map((id) => <Generation key={id} list={list} id={id} onOpen={show} />)}
      {ids.length > 0 && <p className="muted">{t('generation.kept', { count: KEPT_RESULTS })}</p>}
      <Suspense>
        {open && <Lightbox {...open} onMove={(at) => setOpen({ ...open, at })} onClose={() => setOpen(undefined)} />}
      </Suspense>
    </section>
  );
}
