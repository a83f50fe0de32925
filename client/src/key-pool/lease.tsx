import { useState } from 'react';
import { Button } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { duration } from '../lib/format';
import { keyOf } from '../lib/global-id';
import { useSession } from '../session';
import { Problems } from '../ui/form-problems';
import { useSeconds } from '../ui/use-now';
import { HeartbeatLeaseDocument, ReleaseLeaseDocument } from './gql/documents';
import styles from './key-pools-screen.module.css';
import type { KeyPoolRow, LeaseRow } from './list';

interface LeaseProps {
  pool: KeyPoolRow;
  lease: LeaseRow;
  onChanged: (pool: KeyPoolRow) => void;
}

/** A lease and its remaining time. Only its holder keeps it alive or gives it back. */
export function Lease({ pool, lease, onChanged }: LeaseProps) {
  const t = useT();
  const now = useSeconds();
  const { viewer } = useSession();
  const heartbeat = useAct(HeartbeatLeaseDocument, (data) => data.heartbeatLease);
  const release = useAct(ReleaseLeaseDocument, (data) => data.releaseLease);
  const [asking, setAsking] = useState(false);
  const { id, holder, fencingToken, ttlSeconds, expiresAt, providerKey } = lease;
  const mine = holder === keyOf(viewer.user.id);
  const left = Math.max(0, Date.parse(expiresAt) - now);
  const share = Math.min(1, left / (ttlSeconds * 1_000));

  async function beat(): Promise<void> {
    const payload = await heartbeat.run({ leaseId: id, fencingToken });
    const beaten = payload?.lease;
    if (beaten) {
      onChanged({ ...pool, leases: pool.leases.map((other) => (other.id === id ? beaten : other)) });
    }
  }

  async function giveBack(outcome: 'OK' | 'ERROR'): Promise<void> {
    const payload = await release.run({ leaseId: id, fencingToken, outcome });
    if (payload?.keyPool) {
      onChanged(payload.keyPool);
    }
  }

  return (
    <li className={styles.lease}>
      <div className={styles.line}>
        <strong>{mine ? t('lease.you') : <code><bdi>{holder}</bdi></code>}</strong>
        <span className="muted"><bdi>{providerKey?.name ?? t('providerKey.shared')}</bdi></span>
        <span className={styles.end} title={t('lease.token', { token: fencingToken })}>{duration(left)}</span>
      </div>
      <div className={styles.ttl} data-late={share < 0.5 || undefined} aria-hidden>
        <i style={{ transform: `scaleX(${share.toFixed(3)})` }} />
      </div>
      {mine && (
        <div className={styles.line}>
          <Button size="compact-xs" variant="default" loading={heartbeat.busy} onClick={() => void beat()}>{t('lease.heartbeat')}</Button>
          {asking ? (
            <>
              <Button size="compact-xs" variant="default" loading={release.busy}
                onClick={() => void giveBack('OK')}>{t('lease.release.ok')}</Button>
              <Button size="compact-xs" variant="default" loading={release.busy}
                onClick={() => void giveBack('ERROR')}>{t('lease.release.error')}</Button>
            </>
          ) : <Button size="compact-xs" variant="default" onClick={() => setAsking(true)}>{t('lease.release')}</Button>}
        </div>
      )}
      <Problems problems={[...heartbeat.problems, ...release.problems]} />
    </li>
  );
}
