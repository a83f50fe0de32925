import { lazy, Suspense, useMemo, useState } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import { useIds, useLiveList } from '../live/use-live-list';
import { useMay } from '../session';
import { DataTable } from '../ui/data-table/data-table';
import { useListSearch } from '../ui/data-table/use-list-search';
import { Empty } from '../ui/empty';
import { IconPlus } from '../ui/icons';
import { Page } from '../ui/page';
import { useShortcuts } from '../ui/use-shortcuts';
import { useVirtualKeyColumns } from './columns';
import type { IssueKeyMutation } from './gql/documents';
import { virtualKeyList } from './list';
import { virtualKeySpec } from './spec';
import { VirtualKeyPeek } from './virtual-key-peek';

const LostSecretDialog = lazy(() => import('../ui/lost-secret-dialog'));
const SecretDialog = lazy(() => import('../ui/secret-dialog'));
const IssueKeyDialog = lazy(() => import('./issue-key-dialog'));

const issueCall = `mutation {
  issueKey(input: { ownerId: "…", keyAlias: "ada-laptop", models: ["gpt-4o"] }) {
    secret   # shown once
    virtualKey { id state }
    errors { code message }
  }
}`;

const usage = `curl "$LITELLM_URL/v1/chat/completions" \\
  -H "Authorization: Bearer SECRET" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}'`;

type Layer =
  | { kind: 'issue' }
  | { kind: 'secret'; secret: string; alias: string }
  | { kind: 'lost'; alias: string }
  | undefined;

export default function VirtualKeysScreen() {
  const t = useT();
  const { search, question, setSearch } = useListSearch(virtualKeySpec);
  const { list, state } = useLiveList(useMemo(() => virtualKeyList(question), [question]));
  // Where the list is filtered by owner, its first row knows the name.
  const first = list.store.get(useIds(list)[0] ?? '');
  const columns = useVirtualKeyColumns();
  const mayManage = useMay('keys:write');
  const [layer, setLayer] = useState<Layer>();
  const issue = mayManage && (
    <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setLayer({ kind: 'issue' })}>{t('virtualKey.issue')}</Button>
  );
  useShortcuts(mayManage ? [{ id: 'create', keys: 'c', run: () => setLayer({ kind: 'issue' }) }] : []);

  function issued({ secret, virtualKey }: IssueKeyMutation['issueKey'], alias: string): void {
    if (virtualKey) {
      list.store.push(virtualKey);
    }
    // Without a secret, the same request was answered before, and that answer was lost.
    setLayer(secret ? { kind: 'secret', secret, alias } : { kind: 'lost', alias });
  }

  return (
    <Page title={t('nav.virtualKeys')} layout="fill" actions={issue}>
      <DataTable
        name="virtual-keys"
        label={t('nav.virtualKeys')}
        list={list}
        state={state}
        columns={columns}
        spec={virtualKeySpec}
        search={search}
        onSearch={setSearch}
        facets={{
          state: { label: 'virtualKey.state', words: (value) => t(`virtualKey.state.${value as 'ACTIVE'}`) },
          owner: { label: 'virtualKey.owner', words: (id) => (first?.owner.id === id ? first.owner.displayName : keyOf(id)) },
        }}
        searchPlaceholder="virtualKey.search"
        newRows="virtualKey.new"
        empty={<Empty title={t('virtualKey.empty')} action={issue} call={issueCall}>{t('virtualKey.emptyHint')}</Empty>}
        peekTitle={({ keyAlias }) => keyAlias}
        peek={(virtualKey) => <VirtualKeyPeek virtualKey={virtualKey} />}
      />
      <Suspense>
        {layer?.kind === 'issue' && <IssueKeyDialog onClose={() => setLayer(undefined)} onIssued={issued} />}
        {layer?.kind === 'lost' && (
          <LostSecretDialog title={t('virtualKey.issued', { alias: layer.alias })} next={t('virtualKey.lost')}
            onClose={() => setLayer(undefined)} />
        )}
        {layer?.kind === 'secret' && (
          <SecretDialog
            title={t('virtualKey.issued', { alias: layer.alias })}
            secret={layer.secret}
            usage={usage}
            onStored={() => setLayer(undefined)}
          />
        )}
      </Suspense>
    </Page>
  );
}
