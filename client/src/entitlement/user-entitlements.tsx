import { lazy, Suspense, useState } from 'react';
import { Button } from '@mantine/core';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { useMay } from '../session';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { EffectiveView } from './effective-view';
import styles from './entitlement.module.css';
import { UserEntitlementsDocument } from './gql/documents';

const GrantDialog = lazy(() => import('./grant-dialog'));

interface UserEntitlementsProps {
  userId: string;
  name: string;
  /** Something was granted or taken. */
  onGranted: () => void;
}

/** What a user may use, where it comes from, and a way to grant them more. */
export function UserEntitlements({ userId, name, onGranted }: UserEntitlementsProps) {
  const t = useT();
  const mayGrant = useMay('entitlements:write', 'tenant');
  const [granting, setGranting] = useState(false);
  const { data, problem, refresh } = useAnswer(UserEntitlementsDocument, { id: userId });
  const grants = data?.node && 'entitlements' in data.node ? data.node.entitlements : undefined;
  return (
    <section aria-label={t('entitlement.title')}>
      <div className={styles.heading}>
        <h3>{t('entitlement.title')}</h3>
        {mayGrant && grants && <Button size="compact-xs" variant="default" onClick={() => setGranting(true)}>{t('entitlement.change')}</Button>}
      </div>
      {problem && <ProblemNotice problem={problem} onRetry={() => void refresh()} />}
      {!grants && !problem && <Skeleton rows={3} />}
      {grants && <EffectiveView grants={grants} />}
      <Suspense>
        {granting && grants && (
          <GrantDialog
            title={t('entitlement.title.user', { name })}
            subject={{ kind: 'USER', userId }}
            held={grants.fromUser}
            onClose={() => setGranting(false)}
            onSaved={async () => {
              await refresh();
              setGranting(false);
              onGranted();
            }}
          />
        )}
      </Suspense>
    </section>
  );
}
