import { useRef, type FormEvent } from 'react';
import { Button, PasswordInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { announce } from '../ui/announcer';
import { Problems, useFormProblems } from '../ui/form-problems';
import { NewPasswordInput } from '../ui/new-password-input';
import type { TabProps } from './account';
import styles from './account-screen.module.css';
import { ChangePasswordDocument } from './gql/documents';

/** A new password for the old one, or how to get a first one. */
export function PasswordTab({ account: { hasPassword }, onChanged }: TabProps) {
  const t = useT();
  const form = useRef<HTMLFormElement>(null);
  const act = useAct(ChangePasswordDocument, ({ changePassword }) => changePassword);
  const problems = useFormProblems(act.problems, ['oldPassword', 'newPassword']);

  if (!hasPassword) {
    return (
      <section className={styles.section}>
        <h2>{t('account.noPassword')}</h2>
        <p className="muted">{t('account.noPassword.help')}</p>
      </section>
    );
  }

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    if (await act.run({ oldPassword: String(data.get('oldPassword')), newPassword: String(data.get('newPassword')) })) {
      form.current?.reset();
      announce(t('account.passwordChanged'));
      onChanged();
    }
  }

  return (
    <form ref={form} className={styles.form} onSubmit={(event) => void submit(event)}>
      <p className="muted">{t('account.passwordHint')}</p>
      <PasswordInput name="oldPassword" label={t('password.old')} required withAsterisk={false} autoComplete="current-password"
        error={problems.of('oldPassword')} visibilityToggleButtonProps={{ 'aria-label': t('password.show') }} />
      <NewPasswordInput name="newPassword" label={t('password.new')} error={problems.of('newPassword')} />
      <Problems problems={problems.others} />
      <div className={styles.buttons}>
        <Button type="submit" loading={act.busy}>{t('password.change')}</Button>
      </div>
    </form>
  );
}
