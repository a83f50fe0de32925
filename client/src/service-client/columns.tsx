import { useMemo } from 'react';
import { useT } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import type { Column } from '../ui/data-table/column';
import { Time } from '../ui/time';
import type { ServiceClientRow } from './list';

export function useServiceClientColumns(): readonly Column<ServiceClientRow>[] {
  const t = useT();
  return useMemo((): Column<ServiceClientRow>[] => [
    {
      id: 'name', header: 'serviceClient.name', width: 220, grow: true, sort: 'name',
      cell: ({ name }) => <bdi>{name}</bdi>, text: ({ name }) => name,
    },
    {
      id: 'scopes', header: 'scopes', width: 340, grow: true,
      cell: ({ scopes }) =>
        (scopes.length === 0 ? <span className="muted">{t('scopes.noneAtAll')}</span> : <code>{scopes.join(' ')}</code>),
      text: ({ scopes }) => scopes.join(' '),
    },
    {
      id: 'createdAt', header: 'serviceClient.createdAt', width: 160, sort: 'createdAt',
      cell: ({ createdAt }) => <Time iso={createdAt} />, text: ({ createdAt }) => createdAt,
    },
    {
      id: 'updatedAt', header: 'serviceClient.updatedAt', width: 160,
      cell: ({ updatedAt }) => <Time iso={updatedAt} />, text: ({ updatedAt }) => updatedAt,
    },
    { id: 'id', header: 'id.plain', width: 300, cell: ({ id }) => <code>{keyOf(id)}</code>, text: ({ id }) => keyOf(id) },
  ], [t]);
}
