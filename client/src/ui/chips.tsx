import styles from './chips.module.css';

interface ChipsProps {
  items: readonly string[];
  /** How many are shown before the rest becomes a number. */
  limit?: number;
}

/** Short names side by side. */
export function Chips({ items, limit = items.length }: ChipsProps) {
  return (
    <span className={styles.chips}>
      {items.slice(0, limit).map((item) => <span key={item} className={styles.chip}><bdi>{item}</bdi></span>)}
      {items.length > limit && <span className="muted">+{items.length - limit}</span>}
    </span>
  );
}
