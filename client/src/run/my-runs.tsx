import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useT } from '../i18n/use-t';
import { useLiveList } from '../live/use-live-list';
import { useRows } from '../live/use-rows';
import { useSession } from '../session';
import { IconHistory } from '../ui/icons';
import { useShortcuts } from '../ui/use-shortcuts';
import { runsOf } from './list';
import styles from './my-runs.module.css';
import { isActive } from './states';

const MyRunsPanel = lazy(() => import('./my-runs-panel'));

const lastRuns = 30;

/** The button in the header with the number of one's own runs that go on, and the panel that it opens beside any screen. */
export default function MyRuns() {
  const t = useT();
  const { viewer } = useSession();
  const userId = viewer.user.id;
  const { list, state } = useLiveList(useMemo(() => runsOf(userId, lastRuns), [userId]));
  const runs = useRows(list).slice(0, lastRuns);
  const running = runs.filter(isActive).length;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useShortcuts([{ id: 'myRuns', keys: 'm', run: () => setOpen(!open) }]);

  function close(): void {
    setOpen(false);
    button.current?.focus();
  }

  return (
    <>
      <button ref={button} type="button" className={styles.button} aria-expanded={open} title={`${t('myRuns.title')} m`}
        aria-label={t('myRuns.button', { count: running })} onClick={() => setOpen(!open)}>
        <IconHistory size={18} stroke={1.75} aria-hidden />
        {running > 0 && <span aria-hidden>{running}</span>}
      </button>
      {/* Beside the page, not within its header. */}
      {open && createPortal(
        <Suspense><MyRunsPanel runs={runs} problem={state.problem} onChanged={(changed) => changed.forEach(list.store.push)} onClose={close} /></Suspense>,
        document.body,
      )}
    </>
  );
}
