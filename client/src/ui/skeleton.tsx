import styles from './skeleton.module.css';

/** Grey bars with the geometry of what will come; nothing is shown for the first 200 ms. */
export function Skeleton({ rows = 6, height = 16 }: { rows?: number; height?: number }) {
  return (
    <div className={styles.skeleton} aria-hidden>
      {Array.from({ length: rows }, (_, row) => <div key={row} style={{ height, width: `${92 - ((row * 17) % 40)}%` }} />)}
    </div>
  );
}
