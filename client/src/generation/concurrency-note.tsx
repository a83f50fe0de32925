import { useConcurrency } from '../concurrency-slot';
import { useT } from '../i18n/use-t';
import styles from './screen.module.css';

/** How much work goes on at once, one's own and all, against the limits (TEST-84). */
export function ConcurrencyNote() {
  const t = useT();
  const { value } = useConcurrency();
  return <p className={styles.concurrency}>{value && t('generation.concurrency', { ...value })}</p>;
}
