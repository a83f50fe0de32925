import { useT } from '../i18n/use-t';
import type { LiveList } from '../live/live-list';
import { useHeldRows } from '../ui/held-rows';
import type { PoolActs } from './acts';
import styles from './key-pools-screen.module.css';
import { Lane, SharedLane } from './lane';
import type { KeyPoolRow } from './list';
import { PoolHeading } from './pool-heading';
import { PoolTables } from './pool-tables';
import { Ticket } from './ticket';
import { useCalmRow } from './use-calm-row';
import { useFreshLeases } from './use-fresh-leases';

/** Waiters drawn of a queue; the rest is a number here, and stands in the tables. */
const waitersDrawn = 25;

interface PoolProps {
  list: LiveList<KeyPoolRow>;
  id: string;
  /** As tables instead of lanes. */
  plain: boolean;
  acts: PoolActs;
}

/** One pool: its keys with their leases, and the queue in order. Order is never editable. */
export function Pool({ list, id, plain, acts }: PoolProps) {
  const pool = useCalmRow(list, id);
  useFreshLeases(pool, list.store.push);
  if (!pool) {
    return null;
  }
  const titleId = `pool-${pool.provider}`;
  return (
    <section className={styles.pool} aria-labelledby={titleId}>
      <PoolHeading pool={pool} titleId={titleId} acts={acts} />
      {plain ? <PoolTables pool={pool} acts={acts} /> : <Board pool={pool} acts={acts} />}
    </section>
  );
}

function Board({ pool, acts }: { pool: KeyPoolRow; acts: PoolActs }) {
  const t = useT();
  const { keys, leases, queue, activeLeases, waiting } = pool;
  const drawn = queue.slice(0, waitersDrawn);
  const { held, handlers } = useHeldRows(drawn);
  return (
    <div className={styles.board}>
      <div className={styles.keys}>
        <h3>{t('keyPool.keys')}</h3>
        <ul className={styles.lanes}>
          {keys.map((key) => <Lane key={key.id} pool={pool} providerKey={key} acts={acts} />)}
          <SharedLane pool={pool} acts={acts} />
        </ul>
        {leases.length === 0 && <p className={`muted ${styles.note}`}>{t('keyPool.noLeases')}</p>}
        {activeLeases > leases.length && (
          <p className={`muted ${styles.note}`}>{t('keyPool.moreLeases', { count: activeLeases - leases.length })}</p>
        )}
      </div>
      <div className={styles.queue} {...handlers}>
        <h3>{t('keyPool.queue')}</h3>
        {held.length === 0 && <p className="muted">{t('keyPool.nobodyWaits')}</p>}
        <ol>{held.map(({ row, gone }) => <Ticket key={row.id} ticket={row} gone={gone} />)}</ol>
        {waiting > drawn.length && <p className="muted">{t('keyPool.moreWait', { count: waiting - drawn.length })}</p>}
      </div>
    </div>
  );
}
