import { useSearch } from '@tanstack/react-router';
import { OwnClientKeys } from '../client-key';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { useMay } from '../session';
import { Page } from '../ui/page';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { TabLinks } from '../ui/tab-links';
import styles from './account-screen.module.css';
import { AccountDocument } from './gql/documents';
import { PasswordTab } from './password-tab';
import { ProfileTab } from './profile-tab';
import { SessionsTab } from './sessions-tab';
import { SignInTab } from './sign-in-tab';

const tabs = ['profile', 'password', 'sign-in', 'sessions', 'keys'] as const;

type Tab = (typeof tabs)[number];

/** What belongs to the one who is signed in. */
export default function AccountScreen() {
  const t = useT();
  const { tab: asked, problem } = useSearch({ strict: false }) as { tab?: string; problem?: string };
  const mayHoldKeys = useMay('clients:read');
  const shown = tabs.filter((id) => id !== 'keys' || mayHoldKeys);
  const tab: Tab = shown.find((id) => id === asked) ?? 'profile';
  const { data, problem: failure, refresh } = useAnswer(AccountDocument, {});
  const again = () => void refresh();
  const viewer = data?.viewer;

  return (
    <Page title={t('account.title')}>
      <div className={styles.account}>
        <TabLinks label={t('account.title')} current={tab} tabs={shown.map((id) => ({ id, label: t(`account.${id}`) }))} />
        {failure && <ProblemNotice problem={failure} onRetry={again} />}
        {!viewer && !failure && <Skeleton rows={6} height={32} />}
        {viewer && tab === 'profile' && <ProfileTab account={viewer} onChanged={again} />}
        {viewer && tab === 'password' && <PasswordTab account={viewer} onChanged={again} />}
        {viewer && tab === 'sign-in' && <SignInTab account={viewer} problem={problem} onChanged={again} />}
        {viewer && tab === 'sessions' && <SessionsTab sessions={viewer.sessions} onChanged={again} />}
        {tab === 'keys' && <OwnClientKeys />}
      </div>
    </Page>
  );
}
