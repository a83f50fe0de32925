import { lazy, Suspense, useMemo, useState } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { useLiveList } from '../live/use-live-list';
import { useMay } from '../session';
import { DataTable } from '../ui/data-table/data-table';
import { useListSearch } from '../ui/data-table/use-list-search';
import { Empty } from '../ui/empty';
import { IconPlus } from '../ui/icons';
import { Page } from '../ui/page';
import { useShortcuts } from '../ui/use-shortcuts';
import { useServiceClientColumns } from './columns';
import { serviceClientList, type ServiceClientRow } from './list';
import { ServiceClientPeek } from './service-client-peek';
import { serviceClientSpec } from './spec';

const ServiceClientDialog = lazy(() => import('./service-client-dialog'));

const createCall = `mutation {
  createServiceClient(input: { name: "reports", scopes: ["runs:read", "audit:read"] }) {
    serviceClient { id }
    errors { code message }
  }
}`;

export default function ServiceClientsScreen() {
  const t = useT();
  const { search, question, setSearch } = useListSearch(serviceClientSpec);
  const { list, state } = useLiveList(useMemo(() => serviceClientList(question), [question]));
  const columns = useServiceClientColumns();
  const mayWrite = useMay('clients:write', 'tenant');
  const [creating, setCreating] = useState(false);
  const create = mayWrite && (
    <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setCreating(true)}>{t('serviceClient.create')}</Button>
  );
  useShortcuts(mayWrite ? [{ id: 'create', keys: 'c', run: () => setCreating(true) }] : []);

  /** Shown at once, and opened beside the list: the next step after a new client is its first key. */
  function created(serviceClient: ServiceClientRow): void {
    list.store.push(serviceClient);
    requestAnimationFrame(list.store.showWaiting);
    setSearch({ peek: serviceClient.id });
  }

  return (
    <Page title={t('nav.serviceClients')} layout="fill" actions={create}>
      <DataTable
        name="service-clients"
        label={t('nav.serviceClients')}
        list={list}
        state={state}
        columns={columns}
        spec={serviceClientSpec}
        search={search}
        onSearch={setSearch}
        facets={{}}
        searchPlaceholder="serviceClient.search"
        newRows="serviceClient.new"
        empty={<Empty title={t('serviceClient.empty')} action={create} call={createCall}>{t('serviceClient.emptyHint')}</Empty>}
        peekTitle={({ name }) => name}
        peek={(serviceClient) => (
          <ServiceClientPeek
            key={serviceClient.id}
            serviceClient={serviceClient}
            onChanged={list.store.push}
            onDeleted={() => {
              setSearch({ peek: undefined });
              list.reload();
            }}
          />
        )}
      />
      <Suspense>{creating && <ServiceClientDialog onClose={() => setCreating(false)} onSaved={created} />}</Suspense>
    </Page>
  );
}
