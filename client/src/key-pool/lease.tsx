import { useT } from '../i18n/use-t';
import { duration } from '../lib/format';
import { useSeconds } from '../ui/use-now';
import type { PoolActs } from './acts';
import { Holder } from './holder';
import styles from './key-pools-screen.module.css';
import { LeaseButtons } from './lease-buttons';
import { isLate, shareLeft, timeLeft } from './lease-time';
import type { KeyPoolRow, LeaseRow } from './list';

interface LeaseProps {
  pool: KeyPoolRow;
  lease: LeaseRow;
  acts: PoolActs;
}

/** The bar takes a second to go where the next second will be. */
const aheadMs = 1_000;

/** A lease as a bar that runs down, amber when its last heartbeat is old. */
export function Lease({ pool, lease, acts }: LeaseProps) {
  const t = useT();
  const now = useSeconds();
  const { holder, fencingToken, grantedAt, run } = lease;
  const late = isLate(lease, now);
  return (
    <li className={styles.lease}>
      <div className={styles.line}>
        <strong><Holder holder={holder} runId={run?.id} /></strong>
        <span className={styles.end} title={t('lease.token', { token: fencingToken })}>{duration(timeLeft(lease, now))}</span>
      </div>
      <div className={styles.ttl} data-late={late || undefined} aria-hidden>
        <i style={{ transform: `scaleX(${shareLeft(lease, now + aheadMs).toFixed(3)})` }} />
      </div>
      <div className={styles.line}>
        <span className="muted number">
          {t('lease.age', { time: duration(Math.max(0, now - Date.parse(grantedAt))) })}
          {late && ` · ${t('lease.late')}`}
        </span>
        <LeaseButtons pool={pool} lease={lease} acts={acts} />
      </div>
    </li>
  );
}
