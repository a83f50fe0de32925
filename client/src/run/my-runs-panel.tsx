import '@mantine/core/styles/Checkbox.layer.css';
import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from 'react';
import { ActionIcon, Button, Checkbox } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useClearSlots, useConcurrency } from '../concurrency-slot';
import type { Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { beginSession, sessionRuns } from '../lib/session-runs';
import { useMay } from '../session';
import { ConfirmButton } from '../ui/confirm-button';
import { useHeldRows } from '../ui/held-rows';
import { IconX } from '../ui/icons';
import { ProblemNotice } from '../ui/problem-notice';
import { Time } from '../ui/time';
import type { RunRow } from './list';
import styles from './my-runs.module.css';
import { RunStatePill } from './run-state-pill';
import { isActive } from './states';

interface MyRunsPanelProps {
  /** Newest first. */
  runs: readonly RunRow[];
  problem: Problem | undefined;
  onChanged: (runs: readonly RunRow[]) => void;
  onClose: () => void;
}

/** A window so narrow shows the panel alone. */
const narrow = '(max-width: 900px)';

/** One's own last runs beside any screen, what of the limits they take, and a way to give them up. */
export default function MyRunsPanel({ runs, problem, onChanged, onClose }: MyRunsPanelProps) {
  const t = useT();
  const mayWrite = useMay('runs:write');
  const panel = useRef<HTMLElement>(null);
  const started = useSyncExternalStore(sessionRuns.subscribe, sessionRuns.get);
  const [sessionOnly, setSessionOnly] = useState(false);
  const { value: concurrency, take } = useConcurrency();
  const clear = useClearSlots();
  const shown = sessionOnly ? runs.filter(({ id }) => started.includes(id)) : runs;
  const { held, handlers } = useHeldRows(shown);
  const close = useEffectEvent(onClose);

  useEffect(() => {
    const element = panel.current;
    element?.focus();
    const onKeyDown = (event: KeyboardEvent) => event.key === 'Escape' && !event.defaultPrevented && close();
    element?.addEventListener('keydown', onKeyDown);
    return () => element?.removeEventListener('keydown', onKeyDown);
  }, []);

  async function clearAll(): Promise<void> {
    const payload = await clear.run({});
    if (payload?.runs) {
      onChanged(payload.runs);
    }
    if (payload?.concurrency) {
      take(payload.concurrency);
    }
  }

  return (
    <aside ref={panel} className={styles.panel} aria-label={t('myRuns.title')} tabIndex={-1}>
      <header className={styles.header} role="presentation">
        <h2>{t('myRuns.title')}</h2>
        <ActionIcon variant="subtle" color="gray" aria-label={t('myRuns.close')} onClick={onClose}><IconX size={16} /></ActionIcon>
      </header>
      {concurrency && (
        <p className={styles.limits}>
          <span>{t('myRuns.mine', { active: concurrency.mine, limit: concurrency.userLimit })}</span>
          <span>{t('myRuns.total', { active: concurrency.total, limit: concurrency.globalLimit })}</span>
        </p>
      )}
      <div className={styles.tools}>
        <Checkbox size="xs" label={t('myRuns.sessionOnly')} checked={sessionOnly} onChange={(event) => setSessionOnly(event.currentTarget.checked)} />
        <Button size="compact-xs" variant="default" title={t('myRuns.newSession.help')} onClick={beginSession}>{t('myRuns.newSession')}</Button>
        {mayWrite && runs.some(isActive) && (
          <ConfirmButton act={t('myRuns.clear')} effect={t('myRuns.clear.effect', { count: runs.filter(isActive).length })} busy={clear.busy}
            problems={clear.problems} onConfirm={() => void clearAll()} />
        )}
      </div>
      {problem && <ProblemNotice problem={problem} />}
      <ol className={styles.runs} {...handlers}>
        {held.map(({ row: run }) => (
          <li key={run.id}>
            <Link to="/runs/$runId" params={{ runId: run.id }} onClick={() => matchMedia(narrow).matches && onClose()}>
              <span className={styles.line}>
                <RunStatePill state={run.state} />
                <span className="muted"><Time iso={run.createdAt} /></span>
              </span>
              <span className={styles.what}><bdi>{run.prompt ?? `${t(`run.kind.${run.kind}`)} · ${run.model}`}</bdi></span>
            </Link>
          </li>
        ))}
      </ol>
      {shown.length === 0 && <p className={`muted ${styles.none}`}>{t(sessionOnly ? 'myRuns.noneHere' : 'myRuns.none')}</p>}
    </aside>
  );
}
