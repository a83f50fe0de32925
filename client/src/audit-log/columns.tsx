import { useMemo } from 'react';
import { useT } from '../i18n/use-t';
import type { Column } from '../ui/data-table/column';
import { Time } from '../ui/time';
import type { AuditRow } from './list';
import { actorWords, actWords } from './words';

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
      cell: ({ act }) => <span>{actWords(t, act)}</span>,
      text: ({ act }) => actWords(t, act),
    },
    {
      id: 'stream', header: 'audit.stream', width: 320, grow: true,
      cell: ({ stream, revision }) => <code>{stream}<span className="muted"> @{revision}</span></code>,
      text: ({ stream, revision }) => `${stream}@${revision}`,
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
