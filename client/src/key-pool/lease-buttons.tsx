import { useState } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { Problems } from '../ui/form-problems';
import type { PoolActs } from './acts';
import styles from './key-pools-screen.module.css';
import type { KeyPoolRow, LeaseRow } from './list';
import { useLeaseActs } from './use-lease-acts';

interface LeaseButtonsProps {
  pool: KeyPoolRow;
  lease: LeaseRow;
  acts: PoolActs;
}

/** What the reader may do with a lease: with an own one everything, with one of others end it. */
export function LeaseButtons({ pool, lease, acts }: LeaseButtonsProps) {
  const t = useT();
  const own = useLeaseActs(pool, lease, acts.onChanged);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <span className={styles.buttons}>
        {own.mine && (
          <>
            <Button size="compact-xs" variant="default" loading={own.beating} onClick={() => void own.beat()}>{t('lease.heartbeat')}</Button>
            {asking ? (
              <>
                <Button size="compact-xs" variant="default" loading={own.releasing}
                  onClick={() => void own.giveBack('OK')}>{t('lease.release.ok')}</Button>
                <Button size="compact-xs" variant="default" loading={own.releasing}
                  onClick={() => void own.giveBack('ERROR')}>{t('lease.release.error')}</Button>
              </>
            ) : <Button size="compact-xs" variant="default" onClick={() => setAsking(true)}>{t('lease.release')}</Button>}
          </>
        )}
        {!own.mine && acts.manage && (
          <Button size="compact-xs" variant="default" aria-label={t('lease.revoke.of', { holder: lease.holder })}
            onClick={() => acts.manage?.revoke(pool, lease)}>{t('lease.revoke')}</Button>
        )}
      </span>
      <Problems problems={own.problems} />
    </>
  );
}
