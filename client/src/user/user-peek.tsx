import { lazy, Suspense, useState } from 'react';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { UserEntitlements } from '../entitlement';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { exactTime } from '../lib/format';
import { keyOf } from '../lib/global-id';
import { useMay, useSession } from '../session';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts } from '../ui/data-table/peek';
import { Problems } from '../ui/form-problems';
import { limitWords } from '../ui/limit-words';
import { Time } from '../ui/time';
import { UserStatePill } from './columns';
import { CreatePasswordLinkDocument, ReactivateUserDocument } from './gql/documents';
import { nameOf, type UserRow } from './list';
import { actsOn } from './rights';
import { UserAccess } from './user-access';
import styles from './user-peek.module.css';

const SecretDialog = lazy(() => import('../ui/secret-dialog'));
const DeactivateUserDialog = lazy(() => import('./deactivate-user-dialog'));
const DeleteUserDialog = lazy(() => import('./delete-user-dialog'));
const EditUserDialog = lazy(() => import('./edit-user-dialog'));
const SetPasswordDialog = lazy(() => import('./set-password-dialog'));

interface UserPeekProps {
  user: UserRow;
  onChanged: (user: UserRow) => void;
  /** What they may use has changed. */
  onGranted: () => void;
}

type Layer = { kind: 'edit' | 'password' | 'deactivate' | 'delete' } | { kind: 'link'; url: string; expiresAt: string | null } | undefined;

/** One user: who, what they may use and do use, and the acts on them that whoever looks may take. */
export function UserPeek({ user, onChanged, onGranted }: UserPeekProps) {
  const t = useT();
  const { viewer } = useSession();
  const acts = actsOn({ id: viewer.user.id, role: viewer.role, mayWrite: useMay('users:write') }, user);
  const mayReadLedger = useMay('audit:read');
  const mayReadKeys = useMay('keys:read');
  const reactivate = useAct(ReactivateUserDocument, (data) => data.reactivateUser);
  const link = useAct(CreatePasswordLinkDocument, (data) => data.createPasswordLink);
  const [layer, setLayer] = useState<Layer>();
  const close = (): void => setLayer(undefined);

  async function bringBack(): Promise<void> {
    const payload = await reactivate.run({ userId: user.id });
    if (payload?.user) {
      onChanged(payload.user);
    }
  }

  async function makeLink(): Promise<void> {
    const answer = await link.run({ userId: user.id });
    // Made already, but the answer got lost, and a secret is told once: another link, in place of that one.
    const payload = answer && !answer.url ? await link.run({ userId: user.id }) : answer;
    if (payload?.url) {
      setLayer({ kind: 'link', url: payload.url, expiresAt: payload.expiresAt });
    }
  }

  return (
    <>
      {(acts.edit || acts.reactivate) && (
        <div className={styles.acts}>
          {acts.edit && <Button size="xs" variant="default" onClick={() => setLayer({ kind: 'edit' })}>{t('user.edit')}</Button>}
          {acts.password && <Button size="xs" variant="default" loading={link.busy} onClick={() => void makeLink()}>{t('user.passwordLink')}</Button>}
          {acts.password && <Button size="xs" variant="default" onClick={() => setLayer({ kind: 'password' })}>{t('user.setPassword')}</Button>}
          {acts.reactivate && (
            <Button size="xs" variant="default" loading={reactivate.busy} onClick={() => void bringBack()}>
              {t('user.reactivate')}
            </Button>
          )}
        </div>
      )}
      <Problems problems={[...link.problems, ...reactivate.problems]} />
      <Facts>
        <Fact name={t('user.state')}><UserStatePill user={user} t={t} /></Fact>
        <Fact name={t('user.email')}><bdi>{user.email ?? t('user.erased')}</bdi></Fact>
        <Fact name={t('user.role')}>{t(`role.${user.role}`)} <span className="muted">{t(`role.${user.role}.help`)}</span></Fact>
        <Fact name={t('user.organization')}><bdi>{user.organization ?? '–'}</bdi></Fact>
        <Fact name={t('user.tier')}><bdi>{user.tier}</bdi></Fact>
        <Fact name={t('user.dailyLimit')}>
          {limitWords(t, user.dailyLimit)} {user.dailyLimitIsDefault && <span className="muted">{t('user.dailyLimit.default')}</span>}
        </Fact>
        {user.note !== null && <Fact name={t('user.note')}><bdi className={styles.note}>{user.note}</bdi></Fact>}
        <Fact name={t('user.createdAt')}><Time iso={user.createdAt} /></Fact>
        <Fact name={t('user.updatedAt')}><Time iso={user.updatedAt} /></Fact>
        <Fact name={t('id.plain')}><code>{keyOf(user.id)}</code> <CopyButton text={keyOf(user.id)} label={t('id.plain')} /></Fact>
        <Fact name={t('id.api')}><code>{user.id}</code> <CopyButton text={user.id} label={t('id.api')} /></Fact>
      </Facts>
      {user.state !== 'DELETED' && (
        <>
          {/* Another tier grants other things; any change of the user may end sessions or move a limit. */}
          <UserEntitlements key={user.tier} userId={user.id} name={nameOf(user)} onGranted={onGranted} />
          <UserAccess key={user.revision} userId={user.id} mayRevoke={acts.sessions} />
        </>
      )}
      <p className={styles.links}>
        {mayReadKeys && <Link to="/virtual-keys" search={{ owner: user.id }}>{t('user.keys')}</Link>}
        {mayReadLedger && <Link to="/audit-log" search={{ actor: keyOf(user.id) }}>{t('user.acts')}</Link>}
        {mayReadLedger && <Link to="/audit-log" search={{ subject: keyOf(user.id) }}>{t('user.history')}</Link>}
      </p>
      {(acts.deactivate || acts.delete) && (
        <div className={styles.acts}>
          {acts.deactivate && (
            <Button size="xs" color="red" variant="outline" onClick={() => setLayer({ kind: 'deactivate' })}>{t('user.deactivate')}</Button>
          )}
          {acts.delete && (
            <Button size="xs" color="red" variant="outline" onClick={() => setLayer({ kind: 'delete' })}>{t('user.delete')}</Button>
          )}
        </div>
      )}
      <Suspense>
        {layer?.kind === 'edit' && (
          <EditUserDialog user={user} mayAssignRole={acts.assignRole} onChanged={onChanged} onClose={close} />
        )}
        {layer?.kind === 'password' && <SetPasswordDialog user={user} onChanged={onChanged} onClose={close} />}
        {layer?.kind === 'deactivate' && <DeactivateUserDialog user={user} onChanged={onChanged} onClose={close} />}
        {layer?.kind === 'delete' && <DeleteUserDialog user={user} onChanged={onChanged} onClose={close} />}
        {layer?.kind === 'link' && (
          <SecretDialog
            title={t('user.passwordLink.title', { name: nameOf(user) })}
            note={t('user.passwordLink.note', { until: layer.expiresAt ? exactTime(layer.expiresAt, t.language) : '' })}
            secret={layer.url}
            onStored={close}
          />
        )}
      </Suspense>
    </>
  );
}
