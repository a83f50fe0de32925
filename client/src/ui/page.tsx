import { useEffect, type ReactNode } from 'react';
import { tabTitle, useBranding } from '../lib/branding';
import styles from './page.module.css';

interface PageProps {
  title: string;
  /** Beside the title: badges, a sentence of state. */
  note?: ReactNode;
  /** The primary action and its neighbours. */
  actions?: ReactNode;
  /** `fill` gives the content the height of the window (tables, chat); `flow` lets the page scroll. */
  layout?: 'fill' | 'flow';
  children: ReactNode;
}

/** Says in the browser's tab which screen this is. */
export function useTabTitle(title: string): void {
  const branding = useBranding();
  useEffect(() => {
    document.title = tabTitle(title, branding);
  }, [title, branding]);
}

/** Title, primary action and content of a screen; the one `h1`. */
export function Page({ title, note, actions, layout = 'flow', children }: PageProps) {
  useTabTitle(title);

  return (
    <div className={styles.page} data-layout={layout}>
      <header className={styles.header}>
        <h1>{title}</h1>
        {note}
        <div className={styles.actions}>{actions}</div>
      </header>
      <div className={styles.content}>{children}</div>
    </div>
  );
}
