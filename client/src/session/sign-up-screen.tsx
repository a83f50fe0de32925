import type { FormEvent } from 'react';
import { Button, TextInput } from '@mantine/core';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { Problems, useFormProblems } from '../ui/form-problems';
import { NewPasswordInput } from '../ui/new-password-input';
import { Gate } from './gate';
import styles from './gate.module.css';
import { SignUpDocument } from './gql/documents';
import { safeReturn } from './safe-return';
import { enter } from './session';
import { useWayIn } from './use-way-in';

const fields = ['displayName', 'email', 'password'] as const;

/** An account of one's own, where this server lets people make one. */
export default function SignUpScreen() {
  const t = useT();
  const router = useRouter();
  const { to } = useSearch({ strict: false }) as { to?: string };
  const way = useWayIn(SignUpDocument, ({ signUp }) => signUp);
  const problems = useFormProblems(way.problems, fields);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (field: (typeof fields)[number]): string => String(form.get(field));
    const viewer = await way.run({ displayName: text('displayName'), email: text('email'), password: text('password') });
    if (viewer) {
      enter(viewer);
      router.history.push(safeReturn(to));
    }
  }

  return (
    <Gate title={t('signUp.title')} lead={t('signUp.lead')}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <TextInput name="displayName" label={t('setup.displayName')} error={problems.of('displayName')} required autoComplete="name"
          autoFocus />
        <TextInput name="email" type="email" label={t('signIn.email')} error={problems.of('email')} required autoComplete="username" />
        <NewPasswordInput name="password" label={t('signIn.password')} error={problems.of('password')} />
        <Problems problems={problems.others} />
        <Button type="submit" loading={way.busy} fullWidth>{t('signUp.act')}</Button>
      </form>
      <p className={styles.aside}>{t('signUp.haveOne')} <Link to="/sign-in" search={{ to }}>{t('signIn.act')}</Link></p>
    </Gate>
  );
}
