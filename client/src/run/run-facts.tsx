import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { count, duration, money } from '../lib/format';
import { keyOf } from '../lib/global-id';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts } from '../ui/data-table/peek';
import { SimulatedBadge } from '../ui/simulated-badge';
import { Time } from '../ui/time';
import { useSeconds } from '../ui/use-now';
import type { RunRow } from './list';
import type { RunDetail } from './run-detail';
import { RunStatePill } from './run-state-pill';
import { isActive } from './states';

function Elapsed({ since }: { since: string }) {
  return <span className="number">{duration(Math.max(0, useSeconds() - Date.parse(since)))}</span>;
}

interface RunFactsProps {
  run: RunRow;
  /** What only the run itself tells, once it has. */
  detail: RunDetail | undefined;
}

/** Who, what, by which key, how long and for how much. */
export function RunFacts({ run, detail }: RunFactsProps) {
  const t = useT();
  const { id, kind, state, model, provider, simulated, requestedBy, operation, pool, scenario, prompt, keyName } = run;
  const { promptTokens, completionTokens, cost, durationMs, attempt, createdAt, updatedAt } = run;
  const key = keyOf(id);
  return (
    <Facts>
      <Fact name={t('run.state')}><RunStatePill state={state} /> {simulated && <SimulatedBadge />}</Fact>
      <Fact name={t('run.kind')}>{t(`run.kind.${kind}`)}{operation !== null && ` · ${t(`run.operation.${operation}`)}`}</Fact>
      {prompt !== null && <Fact name={t('run.prompt')}><bdi>{prompt}</bdi></Fact>}
      <Fact name={t('run.model')}><code>{model}</code></Fact>
      <Fact name={t('run.provider')}>{provider}</Fact>
      {pool !== null && <Fact name={t('run.pool')}><Link to="/runs" search={{ pool }}>{pool}</Link></Fact>}
      {keyName !== null && <Fact name={t('run.keyName')}><bdi>{keyName}</bdi></Fact>}
      {scenario !== null && <Fact name={t('run.scenario')}>{t(`scenario.${scenario}`)}</Fact>}
      <Fact name={t('run.requestedBy')}>
        {requestedBy ? <Link to="/runs" search={{ user: requestedBy.id }}><bdi>{requestedBy.displayName}</bdi></Link> : '–'}
      </Fact>
      <Fact name={t('run.createdAt')}><Time iso={createdAt} /></Fact>
      <Fact name={t('run.updatedAt')}><Time iso={updatedAt} /></Fact>
      <Fact name={t('run.duration')}>{durationMs !== null ? duration(durationMs) : isActive(run) ? <Elapsed since={createdAt} /> : '–'}</Fact>
      {operation === null && (
        <>
          <Fact name={t('run.promptTokens')}>{promptTokens === null ? '–' : count(promptTokens, t.language)}</Fact>
          <Fact name={t('run.completionTokens')}>{completionTokens === null ? '–' : count(completionTokens, t.language)}</Fact>
        </>
      )}
      {detail?.usage && <Fact name={t('run.usage')}>{count(detail.usage.amount, t.language)} {detail.usage.unit}</Fact>}
      <Fact name={t('run.cost')}>{cost === null ? '–' : <span title={cost}>{money(cost)}</span>}</Fact>
      <Fact name={t('run.attempt')}>{attempt}</Fact>
      {detail && detail.jobId !== null && (
        <Fact name={t('run.jobId')}><code>{detail.jobId}</code> {detail.vendorStatus !== null && <span className="muted">{detail.vendorStatus}</span>}</Fact>
      )}
      <Fact name={t('id.plain')}><code>{key}</code> <CopyButton text={key} label={t('id.plain')} /></Fact>
      <Fact name={t('id.api')}><code>{id}</code> <CopyButton text={id} label={t('id.api')} /></Fact>
    </Facts>
  );
}
