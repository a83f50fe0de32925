import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import DangerDialog from '../ui/danger-dialog';
import { DeactivateUserDocument } from './gql/documents';
import { nameOf, type UserRow } from './list';

interface DeactivateUserDialogProps {
  user: UserRow;
  onChanged: (user: UserRow) => void;
  onClose: () => void;
}

/** Deactivates one user, after their address was typed. */
export default function DeactivateUserDialog({ user, onChanged, onClose }: DeactivateUserDialogProps) {
  const t = useT();
  const act = useAct(DeactivateUserDocument, (data) => data.deactivateUser);

  async function confirm(): Promise<void> {
    const payload = await act.run({ userId: user.id });
    if (payload?.user) {
      onChanged(payload.user);
      onClose();
    }
  }

  return (
    <DangerDialog
      title={t('user.deactivate.title', { name: nameOf(user) })}
      consequences={[t('user.deactivate.sessions'), t('user.deactivate.keys'), t('user.deactivate.history')]}
      name={user.email ?? nameOf(user)}
      act={t('user.deactivate')}
      busy={act.busy}
      problems={act.problems}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  );
}
