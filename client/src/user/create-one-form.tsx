import { useState, type FormEvent } from 'react';
import { Button, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import type { Role } from '../lib/permissions';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { CreateUserDocument } from './gql/documents';
import type { UserRow } from './list';
import { RoleSelect } from './role-select';

export interface CreateFormProps {
  onClose: () => void;
  onCreated: (user: UserRow) => void;
}

const fields = ['email', 'displayName', 'role', 'organization', 'tier', 'note', 'password'];

/** One person with a role and, perhaps, a password. */
export function CreateOneForm({ onClose, onCreated }: CreateFormProps) {
  const t = useT();
  const act = useAct(CreateUserDocument, ({ createUser }) => createUser);
  const [role, setRole] = useState<Role>('USER');
  const problems = useFormProblems(act.problems, fields);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (field: string): string | undefined => String(form.get(field) ?? '').trim() || undefined;
    const payload = await act.run({
      email: text('email') ?? '',
      displayName: text('displayName') ?? '',
      role,
      organization: text('organization'),
      tier: text('tier'),
      note: text('note'),
      // Spaces are part of a password.
      password: String(form.get('password')) || undefined,
    });
    if (payload?.user) {
      onCreated(payload.user);
      onClose();
    }
  }

  return (
    <form className={dialog.form} onSubmit={(event) => void submit(event)}>
      <TextInput data-autofocus name="displayName" label={t('user.displayName')} error={problems.of('displayName')} required
        autoComplete="off" />
      <TextInput name="email" type="email" label={t('user.email')} error={problems.of('email')} required autoComplete="off" />
      <RoleSelect value={role} error={problems.of('role')} onChange={setRole} />
      <div className={dialog.pair}>
        <TextInput name="organization" label={t('user.organization')} error={problems.of('organization')} autoComplete="off" />
        <TextInput name="tier" label={t('user.tier')} placeholder={t('user.tier.first')} error={problems.of('tier')} autoComplete="off" />
      </div>
      <Textarea name="note" label={t('user.note')} description={t('user.note.help')} error={problems.of('note')} rows={2} />
      <PasswordInput name="password" label={t('user.password')} description={t('user.password.help')} error={problems.of('password')}
        autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('password.show') }} />
      <Problems problems={problems.others} />
      <div className={dialog.buttons}>
        <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
        <Button type="submit" loading={act.busy}>{t('user.create')}</Button>
      </div>
    </form>
  );
}
