import { lazy, Suspense, useMemo, useState } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { useLiveList } from '../live/use-live-list';
import { refreshSession } from '../session';
import { DataTable } from '../ui/data-table/data-table';
import { useListSearch } from '../ui/data-table/use-list-search';
import { Empty } from '../ui/empty';
import { IconPlus } from '../ui/icons';
import { Page } from '../ui/page';
import { useShortcuts } from '../ui/use-shortcuts';
import { useTenantColumns } from './columns';
import type { CreateTenantMutation } from './gql/documents';
import { tenantList } from './list';
import { tenantSpec } from './spec';
import { TenantPeek } from './tenant-peek';

const LostSecretDialog = lazy(() => import('../ui/lost-secret-dialog'));
const SecretDialog = lazy(() => import('../ui/secret-dialog'));
const CreateTenantDialog = lazy(() => import('./create-tenant-dialog'));
const ImportTenantDialog = lazy(() => import('./import-tenant-dialog'));

type Layer =
  | { kind: 'create' }
  | { kind: 'import' }
  | { kind: 'link'; link: string; email: string }
  | { kind: 'lost'; name: string; email: string }
  | undefined;

const createCall = `mutation {
  createTenant(input: {
    slug: "school-a", name: "School A",
    owner: { email: "ada@example.com", displayName: "Ada" }
  }) {
    passwordLink   # shown once
    tenant { id }
    errors { code message }
  }
}`;

/** The tenants of this server, for those who run it. */
export default function TenantsScreen() {
  const t = useT();
  const { search, question, setSearch } = useListSearch(tenantSpec);
  const { list, state } = useLiveList(useMemo(() => tenantList(question), [question]));
  const columns = useTenantColumns();
  const [layer, setLayer] = useState<Layer>();
  const close = () => setLayer(undefined);
  const create = (
    <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setLayer({ kind: 'create' })}>{t('tenant.create')}</Button>
  );
  useShortcuts([{ id: 'create', keys: 'c', run: () => setLayer({ kind: 'create' }) }]);

  function created({ tenant, passwordLink }: CreateTenantMutation['createTenant'], name: string, email: string): void {
    if (tenant) {
      list.store.push(tenant);
      requestAnimationFrame(list.store.showWaiting);
    }
    // Without a link, the same request was answered before, and that answer was lost.
    setLayer(passwordLink
      ? { kind: 'link', email, link: new URL(passwordLink, window.location.origin).href }
      : { kind: 'lost', name, email });
  }

  /** It may have been one's own tenant. */
  function imported(): void {
    list.reload();
    void refreshSession();
  }

  return (
    <Page
      title={t('nav.tenants')}
      layout="fill"
      actions={<><Button size="xs" variant="default" onClick={() => setLayer({ kind: 'import' })}>{t('tenant.import')}</Button>{create}</>}
    >
      <DataTable
        name="tenants"
        label={t('nav.tenants')}
        list={list}
        state={state}
        columns={columns}
        spec={tenantSpec}
        search={search}
        onSearch={setSearch}
        facets={{ state: { label: 'tenant.state', words: (value) => t(`tenant.state.${value as 'ACTIVE'}`) } }}
        searchPlaceholder="tenant.search"
        newRows="tenant.new"
        empty={<Empty title={t('tenant.empty')} action={create} call={createCall}>{t('tenant.emptyHint')}</Empty>}
        peekTitle={({ name }) => name}
        peek={(tenant) => <TenantPeek key={tenant.id} tenant={tenant} onChanged={list.store.push} />}
      />
      <Suspense>
        {layer?.kind === 'create' && <CreateTenantDialog onClose={close} onCreated={created} />}
        {layer?.kind === 'link' && (
          <SecretDialog title={t('tenant.ownerLink', { email: layer.email })} secret={layer.link} onStored={close} />
        )}
        {layer?.kind === 'lost' && (
          <LostSecretDialog title={t('tenant.lost.title', { name: layer.name })} lost={t('tenant.lost.link', { email: layer.email })}
            next={t('tenant.lost')} onClose={close} />
        )}
        {layer?.kind === 'import' && <ImportTenantDialog onClose={close} onImported={imported} />}
      </Suspense>
    </Page>
  );
}
