import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { Gate } from './gate';
import styles from './gate.module.css';
import { ProviderProblem } from './provider-problem';
import { safeReturn } from './safe-return';
import { enter, useSetupState } from './session';
import { WaysIn } from './ways-in';

export default function SignInScreen() {
  const t = useT();
  const router = useRouter();
  const { signIn } = useSetupState();
  const { to, problem } = useSearch({ strict: false }) as { to?: string; problem?: string };
  return (
    <Gate title={t('signIn.title')} lead={t('signIn.lead')}>
      {problem && <ProviderProblem rule={problem} />}
      <WaysIn
        options={signIn}
        returnTo={safeReturn(to)}
        onSignedIn={(viewer) => {
          enter(viewer);
          router.history.push(safeReturn(to));
        }}
      />
      <div className={styles.aside}>
        {signIn.signUp && <p>{t('signUp.ask')} <Link to="/sign-up" search={{ to }}>{t('signUp.act')}</Link></p>}
        {signIn.password && (
          <details>
            <summary>{t('signIn.forgotten')}</summary>
            <p className="muted">{t('signIn.forgotten.help')}</p>
          </details>
        )}
      </div>
    </Gate>
  );
}
