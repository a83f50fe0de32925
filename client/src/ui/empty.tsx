import type { ReactNode } from 'react';
import { useT } from '../i18n/use-t';
import { CopyButton } from './copy-button';
import styles from './empty.module.css';

interface EmptyProps {
  title: string;
  /** The next step. */
  children: ReactNode;
  action?: ReactNode;
  /** The GraphQL call that does the same. */
  call?: string;
}

/** Nothing here: why, the next step, and the call for those who automate. */
export function Empty({ title, children, action, call }: EmptyProps) {
  const t = useT();
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      <p className="muted">{children}</p>
      {action}
      {call && (
        <figure className={styles.call}>
          <figcaption>
            {t('empty.call')}
            <CopyButton text={call} label={t('empty.call')} />
          </figcaption>
          {/* A scrollable region has to be reachable by keyboard. */}
          <pre tabIndex={0} aria-label={t('empty.call')} role="group">{call}</pre>
        </figure>
      )}
    </div>
  );
}
