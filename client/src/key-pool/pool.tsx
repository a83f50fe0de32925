import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { count } from '../lib/format';
import type { LiveList } from '../live/live-list';
import { useRow } from '../live/use-live-list';
import { useMay } from '../session';
import { StatusPill } from '../ui/status-pill';
import { healthOf, healthTones } from './health';
import { ProviderKey } from './provider-key';
import { Lease } from './lease';
import styles from './key-pools-screen.module.css';
import type { KeyPoolRow } from './list';
import { Ticket } from './ticket';
import { useFreshLeases } from './use-fresh-leases';

interface PoolProps {
  list: LiveList<KeyPoolRow>;
  id: string;
  onAddKey: (provider: string) => void;
  onLease: (provider: string) => void;
}

/** One pool as a lane: keys, leases, and the queue in order. Order is never editable. */
export function Pool({ list, id, onAddKey, onLease }: PoolProps) {
  const t = useT();
  const pool = useRow(list, id);
  const mayLease = useMay('leases:write');
  const mayManage = useMay('pools:write');
  useFreshLeases(pool, list.store.push);
  if (!pool) {
    return null;
  }
  const { provider, keys, leases, queue, activeLeases, capacity, waiting, grantsTotal } = pool;
  const health = healthOf(pool);
  const title = `pool-${provider}`;
  return (
    <section className={styles.pool} aria-labelledby={title}>
      <header className={styles.header}>
        <h2 id={title}><bdi>{provider}</bdi></h2>
        <StatusPill tone={healthTones[health]}>{t(`keyPool.health.${health}`)}</StatusPill>
        <p className={styles.figures}>
          <span>{t('keyPool.leased', { active: activeLeases, capacity })}</span>
          <span>{t('keyPool.waiting', { count: waiting })}</span>
          <span>{t('keyPool.granted', { total: count(grantsTotal, t.language) })}</span>
        </p>
        <div className={styles.actions}>
          {mayLease && (
            <Button size="compact-xs" variant="default" onClick={() => onLease(provider)}>{t('keyPool.tryLease')}</Button>
          )}
          {mayManage && (
            <Button size="compact-xs" variant="default" onClick={() => onAddKey(provider)}>{t('keyPool.addKey')}</Button>
          )}
        </div>
      </header>
      <div className={styles.lanes}>
        <div className={styles.lane}>
          <h3>{t('keyPool.keys')}</h3>
          <ul>{keys.map((key) => <ProviderKey key={key.id} providerKey={key} />)}</ul>
        </div>
        <div className={styles.lane}>
          <h3>{t('keyPool.leases')}</h3>
          {leases.length === 0 && <p className="muted">{t('keyPool.noLeases')}</p>}
          <ul>{leases.map((lease) => <Lease key={lease.id} pool={pool} lease={lease} onChanged={list.store.push} />)}</ul>
          {activeLeases > leases.length && <p className="muted">{t('keyPool.moreLeases', { count: activeLeases - leases.length })}</p>}
        </div>
        <div className={styles.lane}>
          <h3>{t('keyPool.queue')}</h3>
          {queue.length === 0 && <p className="muted">{t('keyPool.nobodyWaits')}</p>}
          <ol>{queue.map((ticket) => <Ticket key={ticket.id} ticket={ticket} />)}</ol>
          {waiting > queue.length && <p className="muted">{t('keyPool.moreWait', { count: waiting - queue.length })}</p>}
        </div>
      </div>
    </section>
  );
}
