import type { FormEvent } from 'react';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { Problems } from '../ui/form-problems';
import styles from './gate.module.css';
import { SignInDocument } from './gql/documents';
import type { Viewer } from './session';
import { useWayIn } from './use-way-in';

interface SignInFormProps {
  email?: string;
  onSignedIn: (viewer: Viewer) => void;
}

/** Email and password; one message for unknown and wrong. */
export function SignInForm({ email, onSignedIn }: SignInFormProps) {
  const t = useT();
  const way = useWayIn(SignInDocument, ({ signIn }) => signIn);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const viewer = await way.run({ email: String(form.get('email')), password: String(form.get('password')) });
    if (viewer) {
      onSignedIn(viewer);
    }
  }

  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <TextInput name="email" type="email" label={t('signIn.email')} defaultValue={email} required autoComplete="username"
        autoFocus={!email} data-autofocus={!email || undefined} />
      <PasswordInput name="password" label={t('signIn.password')} required autoComplete="current-password"
        autoFocus={Boolean(email)} data-autofocus={Boolean(email) || undefined}
        visibilityToggleButtonProps={{ 'aria-label': t('password.show') }} />
      <Problems problems={way.problems} />
      <Button type="submit" loading={way.busy} fullWidth>{t('signIn.act')}</Button>
    </form>
  );
}
