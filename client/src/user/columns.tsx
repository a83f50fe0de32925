import { useMemo } from 'react';
import { grantWords } from '../entitlement';
import { useT, type T } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import { Chips } from '../ui/chips';
import type { Column } from '../ui/data-table/column';
import { StatusPill, type Tone } from '../ui/status-pill';
import { Time } from '../ui/time';
import type { UserState } from './gql/documents';
import { nameOf, type UserRow } from './list';

const tones: Record<UserState, Tone> = { ACTIVE: 'good', DEACTIVATED: 'cancelled', DELETED: 'bad' };
const chipsShown = 3;

export const UserStatePill = ({ user, t }: { user: UserRow; t: T }) =>
  <StatusPill tone={tones[user.state]}>{t(`user.state.${user.state}`)}</StatusPill>;

export function useUserColumns(): readonly Column<UserRow>[] {
  const t = useT();
  return useMemo((): Column<UserRow>[] => [
    {
      id: 'displayName', header: 'user.displayName', width: 190, grow: true, sort: 'displayName',
      cell: (user) => <bdi>{nameOf(user)}</bdi>, text: nameOf,
    },
    {
      id: 'email', header: 'user.email', width: 220, grow: true,
      cell: ({ email }) => (email === null ? <span className="muted">{t('user.erased')}</span> : <bdi>{email}</bdi>),
      text: ({ email }) => email ?? '',
    },
    {
      id: 'organization', header: 'user.organization', width: 150, sort: 'organization',
      cell: ({ organization }) => <bdi>{organization}</bdi>, text: ({ organization }) => organization ?? '',
    },
    {
      id: 'role', header: 'user.role', width: 110,
      cell: ({ role }) => <span>{t(`role.${role}`)}</span>,
      text: ({ role }) => t(`role.${role}`),
    },
    { id: 'tier', header: 'user.tier', width: 90, cell: ({ tier }) => <bdi>{tier}</bdi>, text: ({ tier }) => tier },
    {
      id: 'models', header: 'user.models', width: 220, grow: true,
      cell: ({ entitlements: { models } }) => (models.length === 0
        ? <span className="muted">{t('user.noModels')}</span>
        : <Chips items={models.map((model) => grantWords(t, 'models', model))} limit={chipsShown} />),
      text: ({ entitlements: { models } }) => models.map((model) => grantWords(t, 'models', model)).join(', '),
    },
    {
      id: 'state', header: 'user.state', width: 140,
      cell: (user) => <UserStatePill user={user} t={t} />, text: ({ state }) => t(`user.state.${state}`),
    },
    {
      id: 'createdAt', header: 'user.createdAt', width: 160, sort: 'createdAt',
      cell: ({ createdAt }) => <Time iso={createdAt} />, text: ({ createdAt }) => createdAt,
    },
    { id: 'id', header: 'id.plain', width: 300, cell: ({ id }) => <code>{keyOf(id)}</code>, text: ({ id }) => keyOf(id) },
  ], [t]);
}
