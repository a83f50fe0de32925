import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import DangerDialog from '../ui/danger-dialog';
import { DeleteUserDocument } from './gql/documents';
import { nameOf, type UserRow } from './list';

interface DeleteUserDialogProps {
  user: UserRow;
  onChanged: (user: UserRow) => void;
  onClose: () => void;
}

/** Deletes one user, after their address was typed. */
export default function DeleteUserDialog({ user, onChanged, onClose }: DeleteUserDialogProps) {
  const t = useT();
  const act = useAct(DeleteUserDocument, (data) => data.deleteUser);

  async function confirm(): Promise<void> {
    const payload = await act.run({ userId: user.id, confirmation: user.email ?? '' });
    if (payload?.user) {
      onChanged(payload.user);
      onClose();
    }
  }

  return (
    <DangerDialog
      title={t('user.delete.title', { name: nameOf(user) })}
      consequences={[t('user.delete.sessions'), t('user.delete.keys'), t('user.delete.history')]}
      name={user.email ?? nameOf(user)}
      act={t('user.delete')}
      busy={act.busy}
      problems={act.problems}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  );
}
