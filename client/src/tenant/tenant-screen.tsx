import { Suspense, useState } from 'react';
import { Button } from '@mantine/core';
import { TenantEntitlementsDialog } from '../entitlement';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { refreshSession, useMay } from '../session';
import { IconDownload } from '../ui/icons';
import { Page } from '../ui/page';
import { Problems } from '../ui/form-problems';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { OwnTenantDocument } from './gql/documents';
import { TenantFeatures } from './tenant-features';
import { TenantForm } from './tenant-form';
import styles from './tenant-screen.module.css';
import { useConfigurationExport } from './use-configuration-export';
import { useTenantOfViewer } from './use-tenant-of-viewer';

/** One's own tenant: its name and how it looks. */
export default function TenantScreen() {
  const t = useT();
  const { data, problem, refresh } = useAnswer(OwnTenantDocument, {});
  const exporting = useConfigurationExport();
  const tenant = data?.viewer?.tenant;
  const mayReadGrants = useMay('entitlements:read', 'tenant');
  const [granting, setGranting] = useState(false);
  useTenantOfViewer(tenant);

  /** Features may have been switched on or off for oneself. */
  function granted(): void {
    void refresh();
    void refreshSession();
  }

  return (
    <Page
      title={t('nav.tenant')}
      actions={tenant && (
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} onClick={() => void exporting.run(tenant.slug)}>
          {t('tenant.export')}
        </Button>
      )}
    >
      <div className={styles.screen}>
        <Problems problems={exporting.problem ? [exporting.problem] : []} />
        {problem && <ProblemNotice problem={problem} onRetry={() => void refresh()} />}
        {!tenant && !problem && <Skeleton rows={6} height={32} />}
        {tenant && <TenantForm key={tenant.id} tenant={tenant} onSaved={refresh} />}
        {tenant && <TenantFeatures features={tenant.features} />}
        {tenant && mayReadGrants && (
          <div><Button size="xs" variant="default" onClick={() => setGranting(true)}>{t('tenant.grants')}</Button></div>
        )}
      </div>
      <Suspense>
        {granting && <TenantEntitlementsDialog onGranted={granted} onClose={() => setGranting(false)} />}
      </Suspense>
    </Page>
  );
}
