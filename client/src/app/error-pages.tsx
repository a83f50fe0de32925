import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { useSession } from '../session';
import { Brand } from '../ui/brand';
import { ProblemNotice } from '../ui/problem-notice';
import styles from './error-pages.module.css';
import { missingFeature, type Destination } from './navigation';

export function NotFound() {
  const t = useT();
  return (
    <div className={styles.page}>
      <h1>{t('notFound.title')}</h1>
      <p className="muted">{t('notFound.hint', { path: window.location.pathname })}</p>
      <Link to="/">{t('notFound.home')}</Link>
    </div>
  );
}

/** Which feature is off or which right is missing, and who can help. */
export function Forbidden({ destination }: { destination: Destination }) {
  const t = useT();
  const { viewer } = useSession();
  const off = missingFeature(viewer, destination);
  return (
    <div className={styles.page}>
      <h1>{t(off ? 'forbidden.feature' : 'forbidden.title')}</h1>
      <p className="muted">
        {off
          ? t('forbidden.featureHint', { feature: t(`feature.${off}`) })
          : t('forbidden.hint', { permission: t(`scope.${destination.scope}`) })}
      </p>
      <Link to="/">{t('notFound.home')}</Link>
    </div>
  );
}

/** Nothing is switched on for the one who is signed in. */
export function NothingOpen() {
  const t = useT();
  const { viewer } = useSession();
  return (
    <div className={styles.page}>
      <h1>{t('nothingOpen.title')}</h1>
      <p className="muted">{t('nothingOpen.hint', { tenant: viewer.tenant.name })}</p>
      <Link to="/account">{t('nothingOpen.account')}</Link>
    </div>
  );
}

/** Whatever was thrown, as an error. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** A screen that threw: the frame stays, the screen says so and can be tried again. */
export function ScreenFailed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const t = useT();
  return (
    <div className={styles.page} role="alert">
      <h1>{t('screenFailed.title')}</h1>
      <p className="muted">{t('screenFailed.hint')}</p>
      <pre className={styles.detail}>{error.message}</pre>
      <Button variant="default" onClick={onRetry}>{t('problem.retry')}</Button>
    </div>
  );
}

/** The server did not say who is signed in. */
export function SessionFailed({ problem }: { problem: Problem }) {
  return (
    <main className={styles.page}>
      <h1><Brand /></h1>
      <ProblemNotice problem={problem} onRetry={() => window.location.reload()} />
    </main>
  );
}
