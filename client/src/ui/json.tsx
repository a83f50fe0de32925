import styles from './json.module.css';

const openDepth = 2;

/** A JSON value as a tree that folds; deep parts start folded. */
export function Json({ value, name, depth = 0 }: { value: unknown; name?: string; depth?: number }) {
  const label = name === undefined ? null : <span className={styles.name}>{name}: </span>;
  if (value === null || typeof value !== 'object') {
    return (
      <div className={styles.leaf}>
        {label}
        <span className={styles.value} data-type={typeof value}><bdi>{JSON.stringify(value)}</bdi></span>
      </div>
    );
  }
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
    return <div className={styles.leaf}>{label}{open}{close}</div>;
  }
  return (
    <details className={styles.node} open={depth < openDepth}>
      <summary>{label}{open}<span className="muted"> {entries.length} </span>{close}</summary>
      <div className={styles.children}>
        {entries.map(([key, item]) => <Json key={key} name={key} value={item} depth={depth + 1} />)}
      </div>
    </details>
  );
}
