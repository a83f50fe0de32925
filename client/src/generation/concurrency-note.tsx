import { useT } from '../i18n/use-t';
import type { LiveList } from '../live/live-list';
import type { GenerationRow } from './generations';
import styles from './screen.module.css';
import { useConcurrency } from './use-concurrency';

/** How much work goes on at once, one's own and all, against the limits (TEST-84). */
export function ConcurrencyNote({ list }: { list: LiveList<GenerationRow> }) {
  const t = useT();
  const { data } = useConcurrency(list);
  return <p className={styles.concurrency}>{data && t('generation.concurrency', { ...data.concurrency })}</p>;
}
