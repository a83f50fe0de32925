import { lazy, Suspense, useMemo, useReducer, useState } from 'react';
import { Button } from '@mantine/core';
import { useClient } from 'urql';
import { TenantEntitlementsDialog } from '../entitlement';
import { useT } from '../i18n/use-t';
import { useLiveList } from '../live/use-live-list';
import { useMay, useSession } from '../session';
import { DataTable } from '../ui/data-table/data-table';
import { rowsOf, useSelection } from '../ui/data-table/selection';
import { useListSearch } from '../ui/data-table/use-list-search';
import { Empty } from '../ui/empty';
import { IconPlus } from '../ui/icons';
import { Page } from '../ui/page';
import { useShortcuts } from '../ui/use-shortcuts';
import { useUserColumns } from './columns';
import { exportUsers } from './export-users';
import { nameOf, userFilter, userList, type UserRow } from './list';
import { actsOn } from './rights';
import { SearchHelp } from './search-help';
import { SelectionActions, type BatchKind } from './selection-actions';
import { userSpec } from './spec';
import { UserPeek } from './user-peek';

const CreateUserDialog = lazy(() => import('./create-user-dialog'));
const ImportDialog = lazy(() => import('./import-dialog'));
const BatchDialog = {
  edit: lazy(() => import('./batch-edit-dialog')),
  deactivate: lazy(() => import('./batch-deactivate-dialog')),
  delete: lazy(() => import('./batch-delete-dialog')),
};

const createCall = `mutation {
  createUser(input: { email: "ada@example.com", displayName: "Ada", role: USER }) {
    user { id }
    errors { code message }
  }
}`;

type Layer = { kind: 'create' | 'import' | 'entitlements' } | { kind: BatchKind; users: readonly UserRow[] } | undefined;

export default function UsersScreen() {
  const t = useT();
  const client = useClient();
  const { viewer } = useSession();
  const mayWrite = useMay('users:write', 'tenant');
  const mayReadEntitlements = useMay('entitlements:read', 'tenant');
  const { search, question, setSearch } = useListSearch(userSpec);
  const { list, state } = useLiveList(useMemo(() => userList(question), [question]));
  // Counts what was granted to many: the panel of a user asks anew then.
  const [grants, grantedToMany] = useReducer((count: number) => count + 1, 0);
  const selection = useSelection(list);
  const columns = useUserColumns();
  const [layer, setLayer] = useState<Layer>();
  const close = (): void => setLayer(undefined);
  const chosen = rowsOf(list, selection).map((user) => ({
    user, acts: actsOn({ id: viewer.user.id, role: viewer.role, mayWrite }, user),
  }));
  const Batch = layer && 'users' in layer ? BatchDialog[layer.kind] : undefined;

  const create = mayWrite && (
    <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setLayer({ kind: 'create' })}>{t('user.create')}</Button>
  );
  const actions = (
    <>
      {mayReadEntitlements && (
        <Button size="xs" variant="default" onClick={() => setLayer({ kind: 'entitlements' })}>{t('entitlement.title')}</Button>
      )}
      {mayWrite && <Button size="xs" variant="default" onClick={() => setLayer({ kind: 'import' })}>{t('import.open')}</Button>}
      {create}
    </>
  );
  useShortcuts(mayWrite ? [{ id: 'create', keys: 'c', run: () => setLayer({ kind: 'create' }) }] : []);

  return (
    <Page title={t('nav.users')} layout="fill" actions={actions}>
      <DataTable
        name="users"
        label={t('nav.users')}
        list={list}
        state={state}
        columns={columns}
        spec={userSpec}
        search={search}
        onSearch={setSearch}
        facets={{
          role: { label: 'user.role', words: (value) => t(`role.${value as 'USER'}`) },
          state: { label: 'user.state', words: (value) => t(`user.state.${value as 'ACTIVE'}`) },
          organization: { label: 'user.organization' },
          tier: { label: 'user.tier' },
          model: { label: 'user.model' },
        }}
        searchPlaceholder="user.search"
        searchHelp={<SearchHelp />}
        newRows="user.new"
        empty={<Empty title={t('user.empty')} action={create} call={createCall}>{t('user.emptyHint')}</Empty>}
        peekTitle={nameOf}
        peek={(user) => (
          <UserPeek key={`${user.id} ${grants}`} user={user} onChanged={list.store.push} onGranted={() => void list.fetchOne(user.id)} />
        )}
        selection={selection}
        selectionActions={(
          <SelectionActions chosen={chosen} onAct={(kind, users) => setLayer({ kind, users })} />
        )}
        exportAll={() => exportUsers(client, userFilter(question))}
      />
      <Suspense>
        {layer?.kind === 'create' && <CreateUserDialog onClose={close} onCreated={list.store.push} />}
        {layer?.kind === 'import' && <ImportDialog onClose={close} onImported={list.reload} />}
        {layer?.kind === 'entitlements' && (
          <TenantEntitlementsDialog
            onClose={close}
            onGranted={() => {
              grantedToMany();
              list.reload();
            }}
          />
        )}
        {Batch && layer && 'users' in layer && (
          <Batch
            users={layer.users}
            onChanged={list.store.push}
            onDone={(refused) => {
              selection.set(refused);
              close();
            }}
          />
        )}
      </Suspense>
    </Page>
  );
}
