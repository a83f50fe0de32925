import { Link } from '@tanstack/react-router';
import styles from './tab-links.module.css';

interface TabLinksProps {
  label: string;
  tabs: readonly { id: string; label: string }[];
  current: string;
}

/** The parts of a screen, one at a time; which one stands in the URL as `tab`. */
export function TabLinks({ label, tabs, current }: TabLinksProps) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map(({ id, label: name }) => (
        <Link key={id} to="." search={(held: Record<string, unknown>) => ({ ...held, tab: id }) as never}
          aria-current={id === current ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
