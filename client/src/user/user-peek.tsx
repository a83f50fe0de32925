import { lazy, Suspense, useState } from 'react';
import { Button, NativeSelect } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import { useMay, useSession } from '../setup';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts } from '../ui/data-table/peek';
import { Problems } from '../ui/form-problems';
import { Time } from '../ui/time';
import { UserStatePill } from './columns';
import { AssignRoleDocument, DeactivateUserDocument, type Role } from './gql/documents';
import type { UserRow } from './list';
import { roles } from './spec';

const DangerDialog = lazy(() => import('../ui/danger-dialog'));

interface UserPeekProps {
  user: UserRow;
  onChanged: (user: UserRow) => void;
}

/** One user: who, which role, and the acts on them. */
export function UserPeek({ user, onChanged }: UserPeekProps) {
  const t = useT();
  const { viewer } = useSession();
  const mayManage = useMay('manageUsers') && viewer.user.id !== user.id && user.state === 'ACTIVE';
  const assignRole = useAct(AssignRoleDocument, (data) => data.assignRole);
  const deactivate = useAct(DeactivateUserDocument, (data) => data.deactivateUser);
  const [asking, setAsking] = useState(false);

  async function changeRole(role: Role): Promise<void> {
    const payload = await assignRole.run({ userId: user.id, role });
    if (payload?.user) {
      onChanged(payload.user);
    }
  }

  async function confirmDeactivation(): Promise<void> {
    const payload = await deactivate.run({ userId: user.id });
    if (payload?.user) {
      onChanged(payload.user);
      setAsking(false);
    }
  }

  return (
    <>
      <Facts>
        <Fact name={t('user.state')}><UserStatePill user={user} t={t} /></Fact>
        <Fact name={t('user.email')}><bdi>{user.email ?? t('user.erased')}</bdi></Fact>
        <Fact name={t('user.role')}>{t(`role.${user.role}`)}</Fact>
        <Fact name={t('user.createdAt')}><Time iso={user.createdAt} /></Fact>
        <Fact name={t('user.updatedAt')}><Time iso={user.updatedAt} /></Fact>
        <Fact name={t('id.plain')}><code>{keyOf(user.id)}</code> <CopyButton text={keyOf(user.id)} label={t('id.plain')} /></Fact>
        <Fact name={t('id.api')}><code>{user.id}</code> <CopyButton text={user.id} label={t('id.api')} /></Fact>
      </Facts>
      {mayManage && (
        <NativeSelect size="xs" label={t('user.assignRole')} description={t(`role.${user.role}.help`)} value={user.role}
          disabled={assignRole.busy}
          data={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
          onChange={(event) => void changeRole(event.currentTarget.value as Role)} />
      )}
      <Problems problems={assignRole.problems} />
      <p>
        <Link to="/virtual-keys" search={{ owner: user.id }}>{t('user.keys')}</Link>
        {' · '}
        <Link to="/audit-log" search={{ actor: keyOf(user.id) }}>{t('user.acts')}</Link>
      </p>
      {mayManage && (
        <div><Button size="xs" color="red" variant="outline" onClick={() => setAsking(true)}>{t('user.deactivate')}</Button></div>
      )}
      <Suspense>{asking && (
        <DangerDialog
          title={t('user.deactivate.title', { name: user.displayName })}
          consequences={[t('user.deactivate.sessions'), t('user.deactivate.keys'), t('user.deactivate.history')]}
          name={user.email ?? user.displayName}
          act={t('user.deactivate')}
          busy={deactivate.busy}
          problems={deactivate.problems}
          onConfirm={() => void confirmDeactivation()}
          onClose={() => setAsking(false)}
        />
      )}</Suspense>
    </>
  );
}
