import { useState, type FormEvent } from 'react';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { post } from '../graphql/direct';
import { ofRefusal, type Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { ProblemNotice } from '../ui/problem-notice';
import styles from './gate.module.css';
import { SignInDocument } from './gql/documents';
import type { Viewer } from './session';

interface SignInFormProps {
  email?: string;
  onSignedIn: (viewer: Viewer) => void;
}

/** Email and password; one message for unknown and wrong. */
export function SignInForm({ email, onSignedIn }: SignInFormProps) {
  const t = useT();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const answer = await post(SignInDocument, { input: { email: String(form.get('email')), password: String(form.get('password')) } });
    setBusy(false);
    const refused = answer.data?.signIn.errors[0];
    setProblem(answer.problem ?? (refused && ofRefusal(refused)));
    if (answer.data?.signIn.viewer) {
      onSignedIn(answer.data.signIn.viewer);
    }
  }

  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <TextInput name="email" type="email" label={t('signIn.email')} defaultValue={email} required autoComplete="username"
        autoFocus={!email} data-autofocus={!email || undefined} />
      <PasswordInput name="password" label={t('signIn.password')} required autoComplete="current-password"
        autoFocus={Boolean(email)} data-autofocus={Boolean(email) || undefined}
        visibilityToggleButtonProps={{ 'aria-label': t('password.show') }} />
      {problem && <ProblemNotice problem={problem} />}
      <Button type="submit" loading={busy} fullWidth>{t('signIn.act')}</Button>
    </form>
  );
}
