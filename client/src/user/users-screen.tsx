import { lazy, Suspense, useMemo, useState } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { useLiveList } from '../live/use-live-list';
import { useMay } from '../setup';
import { DataTable } from '../ui/data-table/data-table';
import { useListSearch } from '../ui/data-table/use-list-search';
import { Empty } from '../ui/empty';
import { IconPlus } from '../ui/icons';
import { Page } from '../ui/page';
import { useShortcuts } from '../ui/use-shortcuts';
import { useUserColumns } from './columns';
import { userList } from './list';
import { userSpec } from './spec';
import { UserPeek } from './user-peek';

const CreateUserDialog = lazy(() => import('./create-user-dialog'));

const createCall = `mutation {
  createUser(input: { email: "ada@example.com", displayName: "Ada", role: USER }) {
    user { id }
    errors { code message }
  }
}`;

export default function UsersScreen() {
  const t = useT();
  const { search, question, setSearch } = useListSearch(userSpec);
  const { list, state } = useLiveList(useMemo(() => userList(question), [question]));
  const columns = useUserColumns();
  const mayManage = useMay('manageUsers');
  const [creating, setCreating] = useState(false);
  const create = mayManage && (
    <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setCreating(true)}>{t('user.create')}</Button>
  );
  useShortcuts(mayManage ? [{ id: 'create', keys: 'c', run: () => setCreating(true) }] : []);

  return (
    <Page title={t('nav.users')} layout="fill" actions={create}>
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
        }}
        searchPlaceholder="user.search"
        newRows="user.new"
        empty={<Empty title={t('user.empty')} action={create} call={createCall}>{t('user.emptyHint')}</Empty>}
        peekTitle={({ displayName }) => displayName}
        peek={(user) => <UserPeek key={user.id} user={user} onChanged={list.store.push} />}
      />
      <Suspense>
        {creating && <CreateUserDialog onClose={() => setCreating(false)} onCreated={list.store.push} />}
      </Suspense>
    </Page>
  );
}
