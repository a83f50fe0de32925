import { useMemo, useState } from 'react';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { exactTime } from '../lib/format';
import { keyOf } from '../lib/global-id';
import { useIds, useLiveList } from '../live/use-live-list';
import { useMay } from '../session';
import { DataTable } from '../ui/data-table/data-table';
import { useListSearch } from '../ui/data-table/use-list-search';
import { Empty } from '../ui/empty';
import { IconDownload } from '../ui/icons';
import { Page } from '../ui/page';
import { useRunColumns } from './columns';
import { runList } from './list';
import { downloadRuns } from './run-json';
import { RunPeek } from './run-peek';
import { runSpec } from './spec';
import { UserFilter } from './user-filter';

const runCall = `mutation {
  openChatSession(input: { title: "First" }) { chatSession { id } }
}
mutation {
  postMessage(input: { sessionId: "…", text: "Hello" }) { run { id state } }
}`;

/** A link may carry anything. */
const momentWords = (iso: string, language: string): string => (Number.isNaN(Date.parse(iso)) ? iso : exactTime(iso, language));

/** The history of all AI work that the reader may see, newest first. */
export default function RunsScreen() {
  const t = useT();
  const mayReadUsers = useMay('users:read', 'tenant');
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const { search, question, setSearch } = useListSearch(runSpec);
  const { list, state } = useLiveList(useMemo(() => runList(question), [question]));
  // Where the list is filtered by who asked, its first row knows the name.
  const ids = useIds(list);
  const first = list.store.get(ids[0] ?? '');
  const columns = useRunColumns();

  const nameOf = (id: string): string => names[id] ?? (first?.requestedBy?.id === id ? first.requestedBy.displayName : keyOf(id));

  function chooseUser(person: { id: string; displayName: string } | undefined): void {
    const { user: _, ...others } = search.facets;
    setNames(person ? { ...names, [person.id]: person.displayName } : names);
    setSearch({ facets: person ? { ...others, user: [person.id] } : others });
  }

  const downloadAll = (): void => downloadRuns(ids.map(list.store.get).filter((run) => run !== undefined));

  return (
    <Page
      title={t('nav.runs')}
      layout="fill"
      actions={ids.length > 0 && (
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} onClick={downloadAll}>{t('run.downloadJson')}</Button>
      )}
    >
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
          operation: { label: 'run.operation', words: (value) => t(`run.operation.${value as 'KLING_IMAGE'}`) },
          pool: { label: 'run.pool' },
          scenario: { label: 'run.scenario', words: (value) => t(`scenario.${value as 'SUCCESS'}`) },
          since: { label: 'run.since', words: (iso) => t('run.sinceTime', { time: momentWords(iso, t.language) }) },
          until: { label: 'run.until', words: (iso) => t('run.untilTime', { time: momentWords(iso, t.language) }) },
          user: { label: 'run.requestedBy', words: nameOf },
        }}
        searchHelp={mayReadUsers && <UserFilter chosen={search.facets.user?.[0]} onChoose={chooseUser} />}
        searchPlaceholder="run.search"
        newRows="run.new"
        empty={(
          <Empty title={t('run.empty')} action={<Link to="/chat/{-$sessionId}">{t('run.emptyAct')}</Link>} call={runCall}>
            {t('run.emptyHint')}
          </Empty>
        )}
        peekTitle={({ kind, model }) => `${t(`run.kind.${kind}`)} · ${model}`}
        peek={(run) => <RunPeek key={run.id} run={run} />}
      />
    </Page>
  );
}
