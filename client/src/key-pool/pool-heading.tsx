import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { count, duration } from '../lib/format';
import { StatusPill } from '../ui/status-pill';
import { useSeconds } from '../ui/use-now';
import type { PoolActs } from './acts';
import { healthOf, healthTones } from './health';
import styles from './key-pools-screen.module.css';
import type { KeyPoolRow } from './list';

function HealthPill({ pool }: { pool: KeyPoolRow }) {
  const t = useT();
  const health = healthOf(pool, useSeconds());
  return <span title={t(`keyPool.health.${health}.help`)}><StatusPill tone={healthTones[health]}>{t(`keyPool.health.${health}`)}</StatusPill></span>;
}

/** Name, health and figures of a pool, and what can be begun with it. */
export function PoolHeading({ pool, titleId, acts }: { pool: KeyPoolRow; titleId: string; acts: PoolActs }) {
  const t = useT();
  const { provider, activeLeases, capacity, waiting, grantsTotal, grantsLastMinute, waitP50Ms, waitP95Ms } = pool;
  return (
    <header className={styles.header}>
      <h2 id={titleId}><bdi>{provider}</bdi></h2>
      <HealthPill pool={pool} />
      <p className={styles.figures}>
        {/* Leases on a key that was switched off go on. */}
        <span>{t(activeLeases > capacity ? 'keyPool.leasedBeyond' : 'keyPool.leased', { active: activeLeases, capacity })}</span>
        <span>{t('keyPool.waiting', { count: waiting })}</span>
        <span>{t('keyPool.perMinute', { count: grantsLastMinute })}</span>
        {waitP50Ms !== null && waitP95Ms !== null && (
          <span title={t('keyPool.waits.help')}>{t('keyPool.waits', { p50: duration(waitP50Ms), p95: duration(waitP95Ms) })}</span>
        )}
        <span>{t('keyPool.granted', { total: count(grantsTotal, t.language) })}</span>
      </p>
      <div className={styles.actions}>
        {acts.lease && <Button size="compact-xs" variant="default" onClick={() => acts.lease?.(pool)}>{t('keyPool.tryLease')}</Button>}
        {acts.manage && <Button size="compact-xs" variant="default" onClick={() => acts.manage?.addKey(pool)}>{t('keyPool.addKey')}</Button>}
      </div>
    </header>
  );
}
