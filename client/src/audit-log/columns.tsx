import { useMemo } from 'react';
import { useT, type T } from '../i18n/use-t';
import type { Column } from '../ui/data-table/column';
import { StatusPill } from '../ui/status-pill';
import { Time } from '../ui/time';
import type { AuditRow } from './list';
import { actorWords, actWords, attempted, reasonWords } from './words';

export const ResultPill = ({ entry: { result }, t }: { entry: AuditRow; t: T }) =>
  <StatusPill tone={result === 'SUCCEEDED' ? 'good' : 'bad'}>{t(`audit.result.${result}`)}</StatusPill>;

export function useAuditColumns(): readonly Column<AuditRow>[] {
  const t = useT();
  return useMemo((): Column<AuditRow>[] => [
    { id: 'at', header: 'audit.at', width: 140, cell: ({ at }) => <Time iso={at} />, text: ({ at }) => at },
    {
      id: 'actor', header: 'audit.actor', width: 180,
      cell: (entry) => <bdi>{actorWords(t, entry)}</bdi>,
      text: (entry) => actorWords(t, entry),
    },
    {
      id: 'act', header: 'audit.act', width: 230, grow: true,
      cell: (entry) => <span>{actWords(t, entry.act)} {attempted(entry) && <code className="muted">{attempted(entry)}</code>}</span>,
      text: (entry) => [actWords(t, entry.act), attempted(entry)].filter(Boolean).join(' '),
    },
    {
      id: 'result', header: 'audit.result', width: 120,
      cell: (entry) => <ResultPill entry={entry} t={t} />, text: ({ result }) => t(`audit.result.${result}`),
    },
    {
      id: 'reason', header: 'audit.reason', width: 240, grow: true,
      cell: (entry) => <span>{reasonWords(t, entry)}</span>, text: (entry) => reasonWords(t, entry),
    },
    {
      id: 'address', header: 'audit.address', width: 130,
      cell: ({ address }) => <code>{address}</code>, text: ({ address }) => address ?? '',
    },
    {
      id: 'stream', header: 'audit.stream', width: 320, grow: true,
      cell: ({ stream, revision }) => <code>{stream}<span className="muted"> @{revision}</span></code>,
      text: ({ stream, revision }) => `${stream}@${revision}`,
    },
    {
      id: 'requestId', header: 'audit.requestId', width: 290,
      cell: ({ requestId }) => <code>{requestId}</code>, text: ({ requestId }) => requestId ?? '',
    },
    {
      id: 'correlationId', header: 'audit.correlationId', width: 290,
      cell: ({ correlationId }) => <code>{correlationId}</code>, text: ({ correlationId }) => correlationId,
    },
    {
      id: 'position', header: 'audit.position', width: 110, align: 'end', sort: 'position',
      cell: ({ position }) => <code>{position}</code>, text: ({ position }) => position,
    },
  ], [t]);
}
