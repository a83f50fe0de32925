import type { FormEvent } from 'react';
import { Button, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { Problems, useFormProblems } from '../ui/form-problems';
import { NewPasswordInput } from '../ui/new-password-input';
import { Gate } from './gate';
import styles from './gate.module.css';
import { SetUpDocument } from './gql/documents';
import { enter } from './session';
import { useWayIn } from './use-way-in';

const fields = ['tenantName', 'displayName', 'email', 'password'] as const;

/** First run: the one-time link makes the owner and the first tenant. */
export default function SetupScreen() {
  const t = useT();
  const navigate = useNavigate();
  const { token } = useSearch({ strict: false }) as { token?: string };
  const way = useWayIn(SetUpDocument, ({ setUp }) => setUp);
  const shown = useFormProblems(way.problems, fields);

  if (!token) {
    return (
      <Gate title={t('setup.title')} lead={t('setup.noToken')}>
        <ol className={styles.steps}>
          <li>{t('setup.noToken.terminal')}</li>
          <li>{t('setup.noToken.link')}</li>
          <li>{t('setup.noToken.restart')}</li>
        </ol>
      </Gate>
    );
  }

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (field: (typeof fields)[number]): string => String(form.get(field));
    const viewer = await way.run({
      token: token ?? '',
      tenantName: text('tenantName'),
      displayName: text('displayName'),
      email: text('email'),
      password: text('password'),
    });
    if (viewer) {
      enter(viewer);
      // The link is used up, and has no place in the history.
      await navigate({ to: '/', replace: true });
    }
  }

  return (
    <Gate title={t('setup.title')} lead={t('setup.lead')}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <TextInput name="tenantName" label={t('setup.tenantName')} description={t('setup.tenantName.help')} error={shown.of('tenantName')}
          required autoComplete="organization" autoFocus />
        <TextInput name="displayName" label={t('setup.displayName')} error={shown.of('displayName')} required autoComplete="name" />
        <TextInput name="email" type="email" label={t('signIn.email')} error={shown.of('email')} required autoComplete="username" />
        <NewPasswordInput name="password" label={t('signIn.password')} error={shown.of('password')} />
        <Problems problems={shown.others} />
        <Button type="submit" loading={way.busy} fullWidth>{t('setup.act')}</Button>
      </form>
    </Gate>
  );
}
