import { useT } from '../i18n/use-t';
import { exactTime } from '../lib/format';
import { StatusPill } from '../ui/status-pill';
import type { PoolActs } from './acts';
import { KeyMenu } from './key-menu';
import styles from './key-pools-screen.module.css';
import { KeyState } from './key-state';
import { Lease } from './lease';
import type { KeyPoolRow, LeaseRow, ProviderKeyRow } from './list';
import { usePlaces } from './places';
import { RateWindow } from './rate-window';

/** Free places drawn of a key; the rest is a number. */
const placesDrawn = 8;

interface PlacesProps {
  pool: KeyPoolRow;
  leases: readonly LeaseRow[];
  /** How many there may be; what others hold of them is not known. */
  limit: number;
  acts: PoolActs;
}

/** The leases of a lane, each in the place it got; free places are drawn as such. */
function Places({ pool, leases, limit, acts }: PlacesProps) {
  const places = usePlaces(leases.map(({ id }) => id));
  const free = Math.max(0, Math.min(limit, placesDrawn) - places.length);
  return (
    <ul className={styles.places}>
      {[...places, ...Array.from({ length: free }, () => undefined)].map((id, place) => {
        const lease = leases.find((candidate) => candidate.id === id);
        // oxlint-disable-next-line react/no-array-index-key -- A free place is nothing but its number.
        return lease ? <Lease key={id} pool={pool} lease={lease} acts={acts} /> : <li key={place} className={styles.free} aria-hidden />;
      })}
    </ul>
  );
}

interface LaneProps {
  pool: KeyPoolRow;
  providerKey: ProviderKeyRow;
  acts: PoolActs;
}

/** A provider key with its places, its rate window and the leases that hold it. */
export function Lane({ pool, providerKey, acts }: LaneProps) {
  const t = useT();
  const { id, name, lastFour, concurrencyLimit, priority, tenantScope, activeLeases, expiresAt, specified } = providerKey;
  const leases = pool.leases.filter((lease) => lease.providerKey?.id === id);
  return (
    <li className={styles.lane}>
      <div className={styles.key}>
        <div className={styles.line}>
          <strong><bdi>{name}</bdi></strong>
          <code className="muted">…{lastFour}</code>
          {acts.manage && <span className={styles.end}><KeyMenu pool={pool} providerKey={providerKey} manage={acts.manage} /></span>}
        </div>
        <div className={styles.wrap}><KeyState providerKey={providerKey} /></div>
        <p className="number">{t('providerKey.used', { active: activeLeases, limit: concurrencyLimit })}</p>
        <RateWindow providerKey={providerKey} />
        <p className={`muted ${styles.small}`}>
          {t('providerKey.priority', { priority })}
          {tenantScope !== '*' && ` · ${t('providerKey.scope', { scope: tenantScope })}`}
          {expiresAt !== null && ` · ${t('providerKey.until', { time: exactTime(expiresAt, t.language) })}`}
        </p>
        {specified && <span title={t('providerKey.specified.help')}><StatusPill tone="queued">{t('providerKey.specified')}</StatusPill></span>}
      </div>
      <Places pool={pool} leases={leases} limit={concurrencyLimit} acts={acts} />
    </li>
  );
}

/** Leases on keys of others, which opened them to this tenant. */
export function SharedLane({ pool, acts }: Pick<LaneProps, 'pool' | 'acts'>) {
  const t = useT();
  const leases = pool.leases.filter(({ providerKey }) => providerKey === null);
  return leases.length > 0 && (
    <li className={styles.lane}>
      <div className={styles.key}>
        <div className={styles.line}><strong>{t('providerKey.shared')}</strong></div>
        <p className={`muted ${styles.small}`}>{t('providerKey.shared.help')}</p>
      </div>
      <Places pool={pool} leases={leases} limit={0} acts={acts} />
    </li>
  );
}
