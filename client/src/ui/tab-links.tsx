import { Link } from '@tanstack/react-router';
import styles from './tab-links.module.css';

interface TabLinksProps {
  label: string;
  tabs: readonly { id: string; label: string }[];
  current: string;
}

/** The parts of a screen, one at a time; which one stands in the URL as `tab`, and nothing that was about another. */
export function TabLinks({ label, tabs, current }: TabLinksProps) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map(({ id, label: name }) => (
        <Link key={id} to="." search={{ tab: id }}
          aria-current={id === current ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
