import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { count, duration, money } from '../lib/format';
import { keyOf } from '../lib/global-id';
import { useMay } from '../session';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts } from '../ui/data-table/peek';
import { SimulatedBadge } from '../ui/simulated-badge';
import { Time } from '../ui/time';
import { RunStatePill } from './columns';
import type { RunRow } from './list';
import { RunFailure } from './run-failure';
import { RunStages } from './run-stages';

/** One run: how far it is, what it took and, when it failed, why and what now. */
export function RunPeek({ run }: { run: RunRow }) {
  const t = useT();
  const mayReadLedger = useMay('audit:read');
  const { id, kind, state, model, provider, simulated, requestedBy } = run;
  const { promptTokens, completionTokens, cost, durationMs, attempt, createdAt, updatedAt } = run;
  const key = keyOf(id);
  return (
    <>
      <RunStages state={state} />
      <RunFailure run={run} />
      <Facts>
        <Fact name={t('run.state')}><RunStatePill state={state} t={t} /> {simulated && <SimulatedBadge />}</Fact>
        <Fact name={t('run.kind')}>{t(`run.kind.${kind}`)}</Fact>
        <Fact name={t('run.model')}><code>{model}</code></Fact>
        <Fact name={t('run.provider')}>{provider}</Fact>
        <Fact name={t('run.requestedBy')}>
          {requestedBy ? <Link to="/runs" search={{ user: requestedBy.id }}><bdi>{requestedBy.displayName}</bdi></Link> : '–'}
        </Fact>
        <Fact name={t('run.createdAt')}><Time iso={createdAt} /></Fact>
        <Fact name={t('run.updatedAt')}><Time iso={updatedAt} /></Fact>
        <Fact name={t('run.duration')}>{durationMs === null ? '–' : duration(durationMs)}</Fact>
        <Fact name={t('run.promptTokens')}>{promptTokens === null ? '–' : count(promptTokens, t.language)}</Fact>
        <Fact name={t('run.completionTokens')}>{completionTokens === null ? '–' : count(completionTokens, t.language)}</Fact>
        <Fact name={t('run.cost')}>{cost === null ? '–' : <span title={cost}>{money(cost)}</span>}</Fact>
        <Fact name={t('run.attempt')}>{attempt}</Fact>
        <Fact name={t('id.plain')}><code>{key}</code> <CopyButton text={key} label={t('id.plain')} /></Fact>
        <Fact name={t('id.api')}><code>{id}</code> <CopyButton text={id} label={t('id.api')} /></Fact>
      </Facts>
      {mayReadLedger && <p><Link to="/audit-log" search={{ subject: key }}>{t('history.link')}</Link></p>}
    </>
  );
}
