import { lazy, Suspense, useState } from 'react';
import { Button } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import { ConfirmButton } from '../ui/confirm-button';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts } from '../ui/data-table/peek';
import { Problems } from '../ui/form-problems';
import { Time } from '../ui/time';
import { TenantStatePill } from './columns';
import { ResumeTenantDocument } from './gql/documents';
import type { TenantRow } from './list';
import { TenantFeatures } from './tenant-features';
import styles from './tenant-peek.module.css';
import { useConfigurationExport } from './use-configuration-export';

const SuspendTenantDialog = lazy(() => import('./suspend-tenant-dialog'));

interface TenantPeekProps {
  tenant: TenantRow;
  onChanged: (tenant: TenantRow) => void;
}

/** One tenant of this server: its switches, never what is in it. */
export function TenantPeek({ tenant, onChanged }: TenantPeekProps) {
  const t = useT();
  const resume = useAct(ResumeTenantDocument, ({ resumeTenant }) => resumeTenant);
  const exporting = useConfigurationExport();
  const [asking, setAsking] = useState(false);
  const { id, slug, state, isDefault, branding, features, createdAt, updatedAt } = tenant;

  async function confirmResumption(): Promise<void> {
    const payload = await resume.run({ tenantId: id });
    if (payload?.tenant) {
      onChanged(payload.tenant);
    }
  }

  return (
    <>
      <Facts>
        <Fact name={t('tenant.state')}><TenantStatePill state={state} t={t} /></Fact>
        <Fact name={t('tenant.slug')}><code>{slug}</code></Fact>
        <Fact name={t('branding.pageTitle')}><bdi>{branding.pageTitle ?? t('branding.notSet')}</bdi></Fact>
        <Fact name={t('branding.browserTitle')}><bdi>{branding.browserTitle ?? t('branding.notSet')}</bdi></Fact>
        <Fact name={t('tenant.createdAt')}><Time iso={createdAt} /></Fact>
        <Fact name={t('tenant.updatedAt')}><Time iso={updatedAt} /></Fact>
        <Fact name={t('id.plain')}><code>{keyOf(id)}</code> <CopyButton text={keyOf(id)} label={t('id.plain')} /></Fact>
        <Fact name={t('id.api')}><code>{id}</code> <CopyButton text={id} label={t('id.api')} /></Fact>
      </Facts>
      <TenantFeatures features={features} />
      <Problems problems={exporting.problem ? [exporting.problem] : []} />
      <div className={styles.acts}>
        <Button size="compact-xs" variant="default" onClick={() => void exporting.run(slug, id)}>{t('tenant.export')}</Button>
        {state === 'SUSPENDED' && (
          <ConfirmButton act={t('tenant.resume')} effect={t('tenant.resume.effect')} busy={resume.busy} problems={resume.problems}
            onConfirm={() => void confirmResumption()} />
        )}
        {state === 'ACTIVE' && !isDefault && (
          <Button size="compact-xs" color="red" variant="outline" onClick={() => setAsking(true)}>{t('tenant.suspend')}</Button>
        )}
      </div>
      {isDefault && <p className="muted">{t('tenant.default.hint')}</p>}
      <Suspense>{asking && <SuspendTenantDialog tenant={tenant} onClose={() => setAsking(false)} onSuspended={onChanged} />}</Suspense>
    </>
  );
}
