import { useMemo } from 'react';
import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import { useIds, useLiveList } from '../live/use-live-list';
import { DataTable } from '../ui/data-table/data-table';
import { useListSearch } from '../ui/data-table/use-list-search';
import { Empty } from '../ui/empty';
import { Page } from '../ui/page';
import { useRunColumns } from './columns';
import { runList } from './list';
import { RunPeek } from './run-peek';
import { runSpec } from './spec';

const runCall = `mutation {
  openChatSession(input: { title: "First" }) { chatSession { id } }
}
mutation {
  postMessage(input: { sessionId: "…", text: "Hello" }) { run { id state } }
}`;

export default function RunsScreen() {
  const t = useT();
  const { search, question, setSearch } = useListSearch(runSpec);
  const { list, state } = useLiveList(useMemo(() => runList(question), [question]));
  // Where the list is filtered by who asked, its first row knows the name.
  const first = list.store.get(useIds(list)[0] ?? '');
  const columns = useRunColumns();

  return (
    <Page title={t('nav.runs')} layout="fill">
      <DataTable
        name="runs"
        label={t('nav.runs')}
        list={list}
        state={state}
        columns={columns}
        spec={runSpec}
        search={search}
        onSearch={setSearch}
        facets={{
          state: { label: 'run.state', words: (value) => t(`run.state.${value as 'FAILED'}`) },
          kind: { label: 'run.kind', words: (value) => t(`run.kind.${value as 'CHAT'}`) },
          user: { label: 'run.requestedBy', words: (id) => (first?.requestedBy?.id === id ? first.requestedBy.displayName : keyOf(id)) },
        }}
        searchPlaceholder="run.search"
        newRows="run.new"
        empty={(
          <Empty title={t('run.empty')} action={<Link to="/chat/{-$sessionId}">{t('run.emptyAct')}</Link>} call={runCall}>
            {t('run.emptyHint')}
          </Empty>
        )}
        peekTitle={({ kind, model }) => `${t(`run.kind.${kind}`)} · ${model}`}
        peek={(run) => <RunPeek run={run} />}
      />
    </Page>
  );
}
