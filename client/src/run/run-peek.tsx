import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import { useMay } from '../session';
import { ProblemNotice } from '../ui/problem-notice';
import type { RunRow } from './list';
import { RunActs } from './run-acts';
import { useRunDetail } from './run-detail';
import styles from './run-detail.module.css';
import { RunDiagnosis } from './run-diagnosis';
import { RunFacts } from './run-facts';
import { RunFailure } from './run-failure';
import { RunOutputs } from './run-outputs';
import { RunStages } from './run-stages';
import { RunTimeline } from './run-timeline';

/** One run beside the list: how far it is, what it took and made and, when it failed, why and what now. */
export function RunPeek({ run }: { run: RunRow }) {
  const t = useT();
  const mayReadLedger = useMay('audit:read');
  const { run: detail, waiting, problem, take, retry } = useRunDetail(run.id);
  return (
    <>
      <p className={styles.links}>
        <Link to="/runs/$runId" params={{ runId: run.id }}>{t('run.open')}</Link>
        {mayReadLedger && <Link to="/audit-log" search={{ subject: keyOf(run.id) }}>{t('history.link')}</Link>}
      </p>
      {detail && <RunActs run={detail} onChanged={take} />}
      <RunStages state={run.state} />
      <RunFailure run={run} />
      {problem && <ProblemNotice problem={problem} onRetry={retry} />}
      {detail && <RunTimeline steps={detail.timeline} waiting={waiting} />}
      {detail && detail.outputs.length > 0 && <RunOutputs outputs={detail.outputs} />}
      {detail?.diagnosis && <RunDiagnosis diagnosis={detail.diagnosis} failure={run.failure} />}
      <RunFacts run={run} detail={detail} />
    </>
  );
}
