import type { FormEvent } from 'react';
import { Button } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { announce } from '../ui/announcer';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { NewPasswordInput } from '../ui/new-password-input';
import { SetUserPasswordDocument } from './gql/documents';
import { nameOf, type UserRow } from './list';

interface SetPasswordDialogProps {
  user: UserRow;
  onClose: () => void;
  onChanged: (user: UserRow) => void;
}

/** A password chosen for somebody. A link lets them choose their own, and is the better way. */
export default function SetPasswordDialog({ user, onClose, onChanged }: SetPasswordDialogProps) {
  const t = useT();
  const act = useAct(SetUserPasswordDocument, ({ setUserPassword }) => setUserPassword);
  const problems = useFormProblems(act.problems, ['password']);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const payload = await act.run({ userId: user.id, password: String(new FormData(event.currentTarget).get('password')) });
    if (payload) {
      announce(t('user.setPassword.done'));
      if (payload.user) {
        onChanged(payload.user);
      }
      onClose();
    }
  }

  return (
    <Dialog title={t('user.setPassword.title', { name: nameOf(user) })} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <p className="muted">{t('user.setPassword.hint')}</p>
        <NewPasswordInput name="password" label={t('password.new')} error={problems.of('password')} autoFocus />
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t('user.setPassword')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
