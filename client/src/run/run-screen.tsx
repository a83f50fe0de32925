import { Button } from '@mantine/core';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { Page } from '../ui/page';
import { ProblemNotice } from '../ui/problem-notice';
import { SimulatedBadge } from '../ui/simulated-badge';
import { Skeleton } from '../ui/skeleton';
import { TabLinks } from '../ui/tab-links';
import { RunActs } from './run-acts';
import { useRunDetail, type RunDetail } from './run-detail';
import styles from './run-detail.module.css';
import { RunDiagnosis } from './run-diagnosis';
import { RunExchange } from './run-exchange';
import { RunFacts } from './run-facts';
import { RunFailure } from './run-failure';
import { RunHistory } from './run-history';
import { RunOutputs } from './run-outputs';
import { RunStatePill } from './run-state-pill';
import { RunTimeline } from './run-timeline';

const tabs = ['result', 'exchange', 'diagnosis', 'history'] as const;

const titleLength = 100;

/** A prompt may be long; whole, it is among the facts. */
const cut = (prompt: string): string => (prompt.length > titleLength ? `${prompt.slice(0, titleLength - 1)}…` : prompt);

/** What happened to one run, and why. */
export default function RunScreen() {
  const { runId = '' } = useParams({ strict: false });
  // Another run is another screen: nothing of the one before may show.
  return <RunPage key={runId} id={runId} />;
}

function RunPage({ id }: { id: string }) {
  const t = useT();
  const { run, waiting, problem, missing, take, retry } = useRunDetail(id);
  const back = <Button size="xs" variant="default" renderRoot={(props) => <Link to="/runs" {...props} />}>{t('run.all')}</Button>;
  if (!run) {
    return (
      <Page title={t('run')} actions={back}>
        {problem && <ProblemNotice problem={problem} onRetry={retry} />}
        {missing && <p role="alert">{t('error.E4041')} <span className="muted">{t('run.missing')}</span></p>}
        {!problem && !missing && <Skeleton rows={8} height={24} />}
      </Page>
    );
  }
  const { kind, model, prompt, state, simulated } = run;
  return (
    <Page
      title={prompt === null ? `${t(`run.kind.${kind}`)} · ${model}` : cut(prompt)}
      note={<><RunStatePill state={state} />{simulated && <SimulatedBadge />}</>}
      actions={back}
    >
      <div className={styles.page}>
        <div className={styles.main}>
          <RunActs run={run} onChanged={take} />
          <RunFailure run={run} />
          {problem && <ProblemNotice problem={problem} onRetry={retry} />}
          <RunTimeline steps={run.timeline} waiting={waiting} />
          <Tabs run={run} />
        </div>
        <aside className={styles.facts} aria-label={t('run.facts')}><RunFacts run={run} detail={run} /></aside>
      </div>
    </Page>
  );
}

function Tabs({ run }: { run: RunDetail }) {
  const t = useT();
  const { tab } = useSearch({ strict: false });
  const first = run.diagnosis && run.outputs.length === 0 ? 'diagnosis' : 'result';
  const current = tabs.find((id) => id === tab) ?? first;
  return (
    <div>
      <TabLinks label={t('run.tabs')} tabs={tabs.map((id) => ({ id, label: t(`run.tab.${id}`) }))} current={current} />
      {current === 'result' && <RunOutputs outputs={run.outputs} />}
      {current === 'exchange' && <RunExchange run={run} />}
      {current === 'diagnosis' && (run.diagnosis ? <RunDiagnosis diagnosis={run.diagnosis} failure={run.failure} /> : <p className="muted">{t('diagnosis.none')}</p>)}
      {current === 'history' && <RunHistory run={run} />}
    </div>
  );
}
