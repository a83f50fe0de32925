import { useMemo } from 'react';
import { useT } from '../i18n/use-t';
import { count, duration, money } from '../lib/format';
import { keyOf } from '../lib/global-id';
import type { Column } from '../ui/data-table/column';
import { SimulatedBadge } from '../ui/simulated-badge';
import { Time } from '../ui/time';
import type { RunRow } from './list';
import { RunStatePill } from './run-state-pill';

const dash = <span className="muted">–</span>;

export function useRunColumns(): readonly Column<RunRow>[] {
  const t = useT();
  return useMemo((): Column<RunRow>[] => [
    {
      id: 'createdAt', header: 'run.createdAt', width: 140, sort: 'createdAt',
      cell: ({ createdAt }) => <Time iso={createdAt} />, text: ({ createdAt }) => createdAt,
    },
    {
      id: 'state', header: 'run.state', width: 250,
      cell: ({ state, simulated }) => <><RunStatePill state={state} />{simulated && <SimulatedBadge />}</>,
      text: ({ state }) => t(`run.state.${state}`),
    },
    {
      id: 'kind', header: 'run.kind', width: 100,
      cell: ({ kind }) => <span>{t(`run.kind.${kind}`)}</span>,
      text: ({ kind }) => t(`run.kind.${kind}`),
    },
    {
      id: 'operation', header: 'run.operation', width: 150,
      cell: ({ operation }) => (operation === null ? dash : <span>{t(`run.operation.${operation}`)}</span>),
      text: ({ operation }) => (operation === null ? '' : t(`run.operation.${operation}`)),
    },
    {
      id: 'prompt', header: 'run.prompt', width: 200, grow: true,
      cell: ({ prompt }) => (prompt === null ? dash : <bdi>{prompt}</bdi>), text: ({ prompt }) => prompt ?? '',
    },
    { id: 'model', header: 'run.model', width: 170, grow: true, cell: ({ model }) => <code>{model}</code>, text: ({ model }) => model },
    {
      id: 'provider', header: 'run.provider', width: 110,
      cell: ({ provider }) => <span>{provider}</span>,
      text: ({ provider }) => provider,
    },
    {
      id: 'pool', header: 'run.pool', width: 150,
      cell: ({ pool, keyName }) => (pool === null ? dash : <span>{pool}{keyName !== null && ` · ${keyName}`}</span>),
      text: ({ pool, keyName }) => [pool, keyName].filter((part) => part !== null).join(' · '),
    },
    {
      id: 'requestedBy', header: 'run.requestedBy', width: 170, grow: true,
      cell: ({ requestedBy }) => (requestedBy === null ? dash : <bdi>{requestedBy.displayName}</bdi>),
      text: ({ requestedBy }) => requestedBy?.displayName ?? '',
    },
    {
      id: 'durationMs', header: 'run.duration', width: 130, align: 'end',
      cell: ({ durationMs }) => (durationMs === null ? dash : <span>{duration(durationMs)}</span>),
      text: ({ durationMs }) => String(durationMs ?? ''),
    },
    {
      id: 'tokens', header: 'run.tokens', width: 160, align: 'end',
      cell: ({ promptTokens, completionTokens }) => (promptTokens === null && completionTokens === null ? dash
        : <span>{count(promptTokens ?? 0, t.language)} → {count(completionTokens ?? 0, t.language)}</span>),
      text: ({ promptTokens, completionTokens }) => `${promptTokens ?? ''}/${completionTokens ?? ''}`,
    },
    {
      id: 'cost', header: 'run.cost', width: 110, align: 'end',
      cell: ({ cost }) => (cost === null ? dash : <span title={cost}>{money(cost)}</span>), text: ({ cost }) => cost ?? '',
    },
    {
      id: 'attempt', header: 'run.attempt', width: 90, align: 'end',
      cell: ({ attempt }) => <span>{attempt}</span>,
      text: ({ attempt }) => String(attempt),
    },
    {
      id: 'failureCode', header: 'run.failureCode', width: 100,
      cell: ({ failureCode }) => (failureCode === null ? dash : <code>{failureCode}</code>), text: ({ failureCode }) => failureCode ?? '',
    },
    { id: 'id', header: 'id.plain', width: 290, cell: ({ id }) => <code>{keyOf(id)}</code>, text: ({ id }) => keyOf(id) },
  ], [t]);
}
