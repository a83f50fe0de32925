import { useMemo } from 'react';
import { useT, type T } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import type { Column } from '../ui/data-table/column';
import { StatusPill } from '../ui/status-pill';
import { Time } from '../ui/time';
import type { UserRow } from './list';

export const UserStatePill = ({ user, t }: { user: UserRow; t: T }) =>
  <StatusPill tone={user.state === 'ACTIVE' ? 'good' : 'cancelled'}>{t(`user.state.${user.state}`)}</StatusPill>;

export function useUserColumns(): readonly Column<UserRow>[] {
  const t = useT();
  return useMemo((): Column<UserRow>[] => [
    {
      id: 'displayName', header: 'user.displayName', width: 200, grow: true, sort: 'displayName',
      cell: ({ displayName }) => <bdi>{displayName}</bdi>, text: ({ displayName }) => displayName,
    },
    {
      id: 'email', header: 'user.email', width: 240, grow: true,
      cell: ({ email }) => (email === null ? <span className="muted">{t('user.erased')}</span> : <bdi>{email}</bdi>),
      text: ({ email }) => email ?? '',
    },
    {
      id: 'role', header: 'user.role', width: 120,
      cell: ({ role }) => <span>{t(`role.${role}`)}</span>,
      text: ({ role }) => t(`role.${role}`),
    },
    {
      id: 'state', header: 'user.state', width: 150,
      cell: (user) => <UserStatePill user={user} t={t} />, text: ({ state }) => t(`user.state.${state}`),
    },
    {
      id: 'createdAt', header: 'user.createdAt', width: 180, sort: 'createdAt',
      cell: ({ createdAt }) => <Time iso={createdAt} />, text: ({ createdAt }) => createdAt,
    },
    { id: 'id', header: 'id.plain', width: 300, cell: ({ id }) => <code>{keyOf(id)}</code>, text: ({ id }) => keyOf(id) },
  ], [t]);
}
