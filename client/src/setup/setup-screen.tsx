import { useState, type FormEvent } from 'react';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { post } from '../graphql/direct';
import { ofRefusal, type Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { Problems, useFormProblems } from '../ui/form-problems';
import { Gate } from './gate';
import styles from './gate.module.css';
import { SetUpDocument } from './gql/documents';
import { forgetSession } from './session';

const fields = ['tenantName', 'displayName', 'email', 'password'] as const;

/** First run: the one-time link makes the owner and the first tenant. */
export default function SetupScreen() {
  const t = useT();
  const navigate = useNavigate();
  const { token } = useSearch({ strict: false }) as { token?: string };
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [busy, setBusy] = useState(false);

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
    setBusy(true);
    const answer = await post(SetUpDocument, {
      input: {
        token: token ?? '',
        tenantName: text('tenantName'),
        displayName: text('displayName'),
        email: text('email'),
        password: text('password'),
      },
    });
    setBusy(false);
    setProblems(answer.problem ? [answer.problem] : answer.data.setUp.errors.map(ofRefusal));
    if (answer.data?.setUp.viewer) {
      forgetSession();
      await navigate({ to: '/' });
    }
  }

  const shown = useFormProblems(problems, fields);

  return (
    <Gate title={t('setup.title')} lead={t('setup.lead')}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <TextInput name="tenantName" label={t('setup.tenantName')} description={t('setup.tenantName.help')} error={shown.of('tenantName')}
          required autoComplete="organization" autoFocus />
        <TextInput name="displayName" label={t('setup.displayName')} error={shown.of('displayName')} required autoComplete="name" />
        <TextInput name="email" type="email" label={t('signIn.email')} error={shown.of('email')} required autoComplete="username" />
        <PasswordInput name="password" label={t('signIn.password')} description={t('setup.password.help')}
          error={shown.of('password')} required
          withAsterisk={false} autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('password.show') }} />
        <Problems problems={shown.others} />
        <Button type="submit" loading={busy} fullWidth>{t('setup.act')}</Button>
      </form>
    </Gate>
  );
}
