import { lazy, Suspense, useState } from 'react';
import { Button } from '@mantine/core';
import { useQuery } from 'urql';
import { toNode } from '../graphql/document';
import { ofError } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { useMay } from '../setup';
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
  const [{ data, error }, refresh] = useQuery({
    query: toNode(UserEntitlementsDocument), variables: { id: userId }, requestPolicy: 'cache-and-network',
  });
  const again = (): void => refresh({ requestPolicy: 'network-only' });
  const grants = data?.node && 'entitlements' in data.node ? data.node.entitlements : undefined;
  return (
    <section aria-label={t('entitlement.title')}>
      <div className={styles.heading}>
        <h3>{t('entitlement.title')}</h3>
        {mayGrant && grants && <Button size="compact-xs" variant="default" onClick={() => setGranting(true)}>{t('entitlement.change')}</Button>}
      </div>
      {error && <ProblemNotice problem={ofError(error)} onRetry={again} />}
      {!grants && !error && <Skeleton rows={3} />}
      {grants && <EffectiveView grants={grants} />}
      <Suspense>
        {granting && grants && (
          <GrantDialog
            title={t('entitlement.title.user', { name })}
            subject={{ kind: 'USER', userId }}
            held={grants.fromUser}
            onClose={() => setGranting(false)}
            onSaved={() => {
              setGranting(false);
              again();
              onGranted();
            }}
          />
        )}
      </Suspense>
    </section>
  );
}
