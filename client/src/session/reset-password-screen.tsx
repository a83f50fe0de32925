import type { FormEvent } from 'react';
import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { Problems, useFormProblems } from '../ui/form-problems';
import { NewPasswordInput } from '../ui/new-password-input';
import { Gate } from './gate';
import styles from './gate.module.css';
import { ResetPasswordDocument } from './gql/documents';
import { enter } from './session';
import { useWayIn } from './use-way-in';

/** The other end of a password link: a forgotten password, or the first one of somebody who was invited. */
export default function ResetPasswordScreen() {
  const t = useT();
  const navigate = useNavigate();
  const { token } = useSearch({ strict: false }) as { token?: string };
  const way = useWayIn(ResetPasswordDocument, ({ resetPassword }) => resetPassword);
  const problems = useFormProblems(way.problems, ['password']);
  const toSignIn = <p className={styles.aside}><Link to="/sign-in" search={{}}>{t('signIn.act')}</Link></p>;

  if (!token) {
    return <Gate title={t('resetPassword.title')} lead={t('resetPassword.noToken')}>{toSignIn}</Gate>;
  }

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const viewer = await way.run({ token: token ?? '', password: String(form.get('password')) });
    if (viewer) {
      enter(viewer);
      // The link is used up, and has no place in the history.
      await navigate({ to: '/', replace: true });
    }
  }

  return (
    <Gate title={t('resetPassword.title')} lead={t('resetPassword.lead')}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <NewPasswordInput name="password" label={t('password.new')} error={problems.of('password')} autoFocus />
        <Problems problems={problems.others} />
        <Button type="submit" loading={way.busy} fullWidth>{t('resetPassword.act')}</Button>
      </form>
      {toSignIn}
    </Gate>
  );
}
