import { useState, type FormEvent } from 'react';
import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { CreateUserDocument, type Role } from './gql/documents';
import type { UserRow } from './list';
import { roles } from './spec';

interface CreateUserDialogProps {
  onClose: () => void;
  onCreated: (user: UserRow) => void;
}

const fields = ['email', 'displayName', 'role', 'password'];

/** A person of the tenant, with a role and perhaps a password. */
export default function CreateUserDialog({ onClose, onCreated }: CreateUserDialogProps) {
  const t = useT();
  const act = useAct(CreateUserDocument, ({ createUser }) => createUser);
  const [role, setRole] = useState<Role>('USER');
  const problems = useFormProblems(act.problems, fields);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const payload = await act.run({
      email: String(form.get('email')),
      displayName: String(form.get('displayName')),
      role,
      password: String(form.get('password')) || undefined,
    });
    if (payload?.user) {
      onCreated(payload.user);
      onClose();
    }
  }

  return (
    <Dialog title={t('user.create')} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <TextInput data-autofocus name="displayName" label={t('user.displayName')} error={problems.of('displayName')} required
          autoComplete="off" />
        <TextInput name="email" type="email" label={t('user.email')} error={problems.of('email')} required autoComplete="off" />
        <NativeSelect label={t('user.role')} description={t(`role.${role}.help`)} value={role}
          data={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
          onChange={(event) => setRole(event.currentTarget.value as Role)} />
        <PasswordInput name="password" label={t('user.password')} description={t('user.password.help')} error={problems.of('password')}
          autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('password.show') }} />
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t('user.create')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
