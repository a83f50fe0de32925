import { hasSignedInAgain } from '../graphql/session-expiry';
import { useT } from '../i18n/use-t';
import { useLive } from '../live/context';
import { Dialog } from '../ui/dialog';
import styles from './gate.module.css';
import { useSession } from './session';
import { SignInForm } from './sign-in-form';

/** Over the page that was open: sign in, and what had failed is repeated. */
export default function SessionEndedDialog() {
  const t = useT();
  const live = useLive();
  const { viewer } = useSession();
  return (
    <Dialog title={t('session.ended')} closable={false} size={420} onClose={hasSignedInAgain}>
      <p className={styles.hint}>{t('session.endedHint')}</p>
      <SignInForm
        email={viewer.user.email ?? undefined}
        onSignedIn={(next) => {
          if (next.user.id !== viewer.user.id) {
            // Someone else: nothing of the former session may stay in memory.
            window.location.reload();
            return;
          }
          live.reconnect();
          hasSignedInAgain();
        }}
      />
    </Dialog>
  );
}
