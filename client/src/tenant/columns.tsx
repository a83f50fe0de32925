import { useMemo } from 'react';
import { useT, type T } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import type { Column } from '../ui/data-table/column';
import { StatusPill } from '../ui/status-pill';
import { Time } from '../ui/time';
import type { TenantRow } from './list';

export const TenantStatePill = ({ state, t }: { state: TenantRow['state']; t: T }) =>
  <StatusPill tone={state === 'ACTIVE' ? 'good' : 'cancelled'}>{t(`tenant.state.${state}`)}</StatusPill>;

export function useTenantColumns(): readonly Column<TenantRow>[] {
  const t = useT();
  return useMemo((): Column<TenantRow>[] => [
    {
      id: 'name', header: 'tenant.name', width: 220, grow: true, sort: 'name',
      cell: ({ name, isDefault }) => <><bdi>{name}</bdi>{isDefault && <span className="muted">{t('tenant.default')}</span>}</>,
      text: ({ name }) => name,
    },
    { id: 'slug', header: 'tenant.slug', width: 180, cell: ({ slug }) => <code>{slug}</code>, text: ({ slug }) => slug },
    {
      id: 'state', header: 'tenant.state', width: 150,
      cell: ({ state }) => <TenantStatePill state={state} t={t} />, text: ({ state }) => t(`tenant.state.${state}`),
    },
    {
      id: 'features', header: 'tenant.features', width: 300, grow: true,
      cell: ({ features }) => <span className={features.length === 0 ? 'muted' : undefined}>{
        features.map((feature) => t(`feature.${feature}`)).join(', ') || t('tenant.noFeatures')}</span>,
      text: ({ features }) => features.join(' '),
    },
    {
      id: 'createdAt', header: 'tenant.createdAt', width: 160, sort: 'createdAt',
      cell: ({ createdAt }) => <Time iso={createdAt} />, text: ({ createdAt }) => createdAt,
    },
    { id: 'id', header: 'id.plain', width: 300, cell: ({ id }) => <code>{keyOf(id)}</code>, text: ({ id }) => keyOf(id) },
  ], [t]);
}
