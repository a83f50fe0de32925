import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { IconBrandGoogle, IconLock } from '../ui/icons';
import styles from './gate.module.css';
import { providerStart } from './safe-return';
import type { SetupState, Viewer } from './session';
import { SignInForm } from './sign-in-form';

interface WaysInProps {
  options: SetupState['signIn'];
  email?: string;
  /** The page to come back to from a provider. */
  returnTo: string;
  onSignedIn: (viewer: Viewer) => void;
}

/** Every way in that this server has: password, Google, an OpenID provider. */
export function WaysIn({ options, email, returnTo, onSignedIn }: WaysInProps) {
  const t = useT();
  const providers = options.google || options.oidc !== null;
  return (
    <div className={styles.ways}>
      {options.password && <SignInForm email={email} onSignedIn={onSignedIn} />}
      {options.password && providers && <p className={styles.or}><span>{t('signIn.or')}</span></p>}
      {providers && (
        <div className={styles.form}>
          {/* Plain links: the way leads out of the app, and a form that is being filled in asks before it is left. */}
          {options.google && (
            <Button component="a" href={providerStart('google', returnTo)} variant="default" fullWidth
              leftSection={<IconBrandGoogle size={16} aria-hidden />}>
              {t('signIn.google')}
            </Button>
          )}
          {options.oidc !== null && (
            <Button component="a" href={providerStart('oidc', returnTo)} variant="default" fullWidth
              leftSection={<IconLock size={16} aria-hidden />}>
              {t('signIn.oidc', { provider: options.oidc })}
            </Button>
          )}
        </div>
      )}
      {!options.password && !providers && <p>{t('signIn.noWay')}</p>}
    </div>
  );
}
