import { useState, type FormEvent } from 'react';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { post } from '../graphql/direct';
import { ofRefusal, type Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { ProblemNotice, problemTitle } from '../ui/problem-notice';
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
    const [tenantName, displayName, email, password] = fields.map((field) => String(form.get(field)));
    setBusy(true);
    const answer = await post(SetUpDocument, {
      input: { token: token ?? '', tenantName: tenantName ?? '', displayName: displayName ?? '', email: email ?? '', password: password ?? '' },
    });
    setBusy(false);
    setProblems(answer.problem ? [answer.problem] : answer.data.setUp.errors.map(ofRefusal));
    if (answer.data?.setUp.viewer) {
      forgetSession();
      await navigate({ to: '/' });
    }
  }

  const fieldError = (field: string): string | undefined => {
    const problem = problems.find((candidate) => candidate.field === field);
    return problem && problemTitle(t, problem);
  };
  const elsewhere = problems.filter(({ field }) => !fields.some((known) => known === field));

  return (
    <Gate title={t('setup.title')} lead={t('setup.lead')}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <TextInput name="tenantName" label={t('setup.tenantName')} description={t('setup.tenantName.help')} error={fieldError('tenantName')}
          required withAsterisk={false} autoComplete="organization" autoFocus />
        <TextInput name="displayName" label={t('setup.displayName')} error={fieldError('displayName')} required withAsterisk={false} autoComplete="name" />
        <TextInput name="email" type="email" label={t('signIn.email')} error={fieldError('email')} required withAsterisk={false} autoComplete="username" />
        <PasswordInput name="password" label={t('signIn.password')} description={t('setup.password.help')} error={fieldError('password')} required
          withAsterisk={false} autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('password.show') }} />
        {elsewhere.map((problem) => <ProblemNotice key={problem.code + problem.rule} problem={problem} />)}
        <Button type="submit" loading={busy} fullWidth>{t('setup.act')}</Button>
      </form>
    </Gate>
  );
}
