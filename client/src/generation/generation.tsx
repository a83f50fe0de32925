import { useEffect, useRef } from 'react';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { duration } from '../lib/format';
import type { LiveList } from '../live/live-list';
import { useRow } from '../live/use-live-list';
import { useMay } from '../session';
import { announce } from '../ui/announcer';
import { ConfirmButton } from '../ui/confirm-button';
import { CopyButton } from '../ui/copy-button';
import { SimulatedBadge } from '../ui/simulated-badge';
import { Time } from '../ui/time';
import { Diagnosis } from './diagnosis';
import { CancelGenerationDocument, RetryGenerationDocument, WatchGenerationDocument } from './gql/documents';
import type { GenerationRow } from './generations';
import styles from './generation.module.css';
import { Outputs, OutputsAhead } from './outputs';
import { useProgress } from './progress';
import { StartProblems } from './start-problems';
import { StatePill } from './state-pill';
import { noProgress, isOver } from './steps';
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
  const before = useRef(run?.state);
  const state = run?.state;

  useEffect(() => {
    if (state && before.current && !isOver(before.current) && isOver(state)) {
      announce(t('generation.ended', { state: t(`run.state.${state}`) }));
    }
    before.current = state;
  }, [state, t]);

  if (!run) {
    return null;
  }
  const { prompt, simulated, keyName, durationMs, createdAt, outputs } = run;
  const words = prompt ?? t('chat.hidden');
  return (
    <article className={styles.run} aria-label={words} aria-busy={!isOver(run.state)}>
      <header className={styles.head}>
        <h3 className={styles.prompt}><bdi>{words}</bdi></h3>
        {prompt !== null && <CopyButton text={prompt} label={t('run.prompt')} />}
      </header>
      <p className={styles.facts}>
        <StatePill state={run.state} />
        {simulated && <SimulatedBadge />}
        {keyName !== null && <span>{t('generation.byKey', { key: keyName })}</span>}
        {durationMs !== null && <span>{duration(durationMs)}</span>}
        <Link to="/runs/$runId" params={{ runId: id }}><Time iso={createdAt} /></Link>
      </p>
      {isOver(run.state)
        ? run.state !== 'SUCCEEDED' && <Stepper run={run} progress={noProgress} />
        : <Running run={run} onRun={list.store.push} />}
      {run.state !== 'SUCCEEDED' && isOver(run.state) && <Diagnosis run={run} />}
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
  const cancel = useAct(CancelGenerationDocument, ({ cancelRun }) => cancelRun);
  const retry = useAct(RetryGenerationDocument, ({ retryRun }) => retryRun);
  const watch = useAct(WatchGenerationDocument, ({ watchRun }) => watchRun);
  if (!mayAct || !(cancellable || retryable || watchable)) {
    return null;
  }

  async function take(payload: Promise<{ run: GenerationRow | null } | undefined>): Promise<void> {
    const answer = await payload;
    if (answer?.run) {
      onRun(answer.run);
    }
  }

  return (
    <>
      <StartProblems problems={[...retry.problems, ...watch.problems]} />
      <div className={styles.buttons}>
        {watchable && (
          <Button size="xs" variant="default" loading={watch.busy} onClick={() => void take(watch.run({ runId: id }))}>
            {t(state === 'TIMED_OUT' ? 'run.watch' : 'generation.watch')}
          </Button>
        )}
        {retryable && (
          <Button size="xs" variant="default" loading={retry.busy} onClick={() => void take(retry.run({ runId: id }))}>
            {t('run.retry')}
          </Button>
        )}
        {cancellable && (
          <ConfirmButton act={t('run.cancel')} effect={t('run.cancel.effect')} busy={cancel.busy} problems={cancel.problems}
            onConfirm={() => void take(cancel.run({ runId: id }))} />
        )}
      </div>
    </>
  );
}
