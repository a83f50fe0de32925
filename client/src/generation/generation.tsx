import { useEffect, useRef } from 'react';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { duration } from '../lib/format';
import type { LiveList } from '../live/live-list';
import { useRow } from '../live/use-live-list';
import { isActive, RunStatePill, useRunActs } from '../run';
import { useMay } from '../session';
import { announce } from '../ui/announcer';
import { ConfirmButton } from '../ui/confirm-button';
import { CopyButton } from '../ui/copy-button';
import { SimulatedBadge } from '../ui/simulated-badge';
import { Time } from '../ui/time';
import { Diagnosis } from './diagnosis';
import type { GenerationRow } from './generations';
import styles from './generation.module.css';
import { Outputs, OutputsAhead } from './outputs';
import { useProgress } from './progress';
import { StartProblems } from './start-problems';
import { noProgress } from './steps';
import { Stepper } from './stepper';

interface GenerationProps {
  list: LiveList<GenerationRow>;
  id: string;
  onOpen: (outputId: string) => void;
}

/** One run: how far it is while it runs, what it made, or why it made nothing and what now. */
export function Generation({ list, id, onOpen }: GenerationProps) {
  const t = useT();
  const run = useRow(list, id);
  const wasActive = useRef(false);
  const state = run?.state;

  useEffect(() => {
    if (state) {
      const active = isActive({ state });
      if (wasActive.current && !active) {
        announce(t('generation.ended', { state: t(`run.state.${state}`) }));
      }
      wasActive.current = active;
    }
  }, [state, t]);

  if (!run) {
    return null;
  }
  const { prompt, simulated, keyName, durationMs, createdAt, outputs } = run;
  const words = prompt ?? t('chat.hidden');
  return (
    <article className={styles.run} aria-label={words} aria-busy={isActive(run)}>
      <header className={styles.head}>
        <h3 className={styles.prompt}><bdi>{words}</bdi></h3>
        {prompt !== null && <CopyButton text={prompt} label={t('run.prompt')} />}
      </header>
      <p className={styles.facts}>
        <RunStatePill state={run.state} />
        {simulated && <SimulatedBadge />}
        {keyName !== null && <span>{t('generation.byKey', { key: keyName })}</span>}
        {durationMs !== null && <span>{duration(durationMs)}</span>}
        <Link to="/runs/$runId" params={{ runId: id }}><Time iso={createdAt} /></Link>
      </p>
      {isActive(run) && <Running run={run} onRun={list.store.push} />}
      {!isActive(run) && run.state !== 'SUCCEEDED' && (
        <>
          <Stepper run={run} progress={noProgress} />
          <Diagnosis run={run} />
        </>
      )}
      {outputs.length > 0 && <Outputs run={run} onOpen={onOpen} />}
      <Acts run={run} onRun={list.store.push} />
    </article>
  );
}

interface RunProps {
  run: GenerationRow;
  onRun: (run: GenerationRow) => void;
}

function Running({ run, onRun }: RunProps) {
  const progress = useProgress(run.id, onRun);
  return (
    <>
      <Stepper run={run} progress={progress} />
      <OutputsAhead run={run} />
    </>
  );
}

/** What can be done about it; the server says what. */
function Acts({ run: { id, state, cancellable, retryable, watchable }, onRun }: RunProps) {
  const t = useT();
  const mayAct = useMay('runs:write');
  const { cancel, retry, watch } = useRunActs(id, onRun);
  if (!mayAct || !(cancellable || retryable || watchable)) {
    return null;
  }

  return (
    <>
      <StartProblems problems={[...retry.problems, ...watch.problems]} />
      <div className={styles.buttons}>
        {watchable && (
          <Button size="xs" variant="default" loading={watch.busy} onClick={() => void watch.run()}>
            {t(state === 'TIMED_OUT' ? 'run.watch' : 'generation.watch')}
          </Button>
        )}
        {retryable && (
          <Button size="xs" variant="default" loading={retry.busy} onClick={() => void retry.run()}>
            {t('run.retry')}
          </Button>
        )}
        {cancellable && (
          <ConfirmButton act={t('run.cancel')} effect={t('run.cancel.effect')} busy={cancel.busy} problems={cancel.problems}
            onConfirm={() => void cancel.run()} />
        )}
      </div>
    </>
  );
}
