import { useT } from '../i18n/use-t';
import { StatusPill } from '../ui/status-pill';
import styles from './key-pools-screen.module.css';
import type { ProviderKeyRow } from './list';

const slotsDrawn = 16;

/** A key as slots: how many of its leases are taken, and how much of its rate window. */
export function ProviderKey({ providerKey }: { providerKey: ProviderKeyRow }) {
  const t = useT();
  const { name, lastFour, concurrencyLimit, rpmLimit, priority, tenantScope, active, activeLeases, permitsLastMinute } = providerKey;
  const used = t('providerKey.used', { active: activeLeases, limit: concurrencyLimit });
  return (
    <li>
      <div className={styles.line}>
        <strong><bdi>{name}</bdi></strong>
        <code className="muted">…{lastFour}</code>
        {!active && <StatusPill tone="cancelled">{t('providerKey.inactive')}</StatusPill>}
        <span className={styles.end}>{t('providerKey.priority', { priority })}</span>
      </div>
      <div className={styles.line}>
        {concurrencyLimit <= slotsDrawn ? (
          <span className={styles.slots} role="img" aria-label={used} title={used}>
            {Array.from({ length: concurrencyLimit }, (_, slot) => <i key={slot} data-taken={slot < activeLeases || undefined} />)}
          </span>
        ) : <span>{used}</span>}
        <span className={styles.end}>
          {rpmLimit === null ? t('providerKey.noRate') : t('providerKey.rate', { used: permitsLastMinute, limit: rpmLimit })}
        </span>
      </div>
      {rpmLimit !== null && rpmLimit > 0 && (
        <meter className={styles.rate} min={0} max={rpmLimit} value={permitsLastMinute} aria-label={t('providerKey.rateLabel', { name })} />
      )}
      {tenantScope !== '*' && <p className="muted">{t('providerKey.scope', { scope: tenantScope })}</p>}
    </li>
  );
}
