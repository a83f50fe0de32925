import { useLocation } from '@tanstack/react-router';
import { hasSignedInAgain } from '../graphql/session-expiry';
import { useT } from '../i18n/use-t';
import { useLive } from '../live/context';
import { Dialog } from '../ui/dialog';
import styles from './gate.module.css';
import { signInOver, useSession } from './session';
import { WaysIn } from './ways-in';

/** Over the page that was open: sign in, and what had failed is repeated. Only a provider leads away, and back again. */
export default function SessionEndedDialog() {
  const t = useT();
  const live = useLive();
  const { href } = useLocation();
  const { viewer, setup: { signIn } } = useSession();
  return (
    <Dialog title={t('session.ended')} closable={false} size={420} onClose={hasSignedInAgain}>
      <p className={styles.hint}>{t('session.endedHint')}</p>
      <WaysIn
        options={signIn}
        email={viewer.user.email ?? undefined}
        returnTo={href}
        onSignedIn={(next) => {
          signInOver(next);
          live.reconnect();
        }}
      />
      {(signIn.google || signIn.oidc !== null) && <p className={styles.hint}>{t('session.leaving')}</p>}
    </Dialog>
  );
}
