import { useMemo } from 'react';
import { useT } from '../i18n/use-t';
import { useLiveList } from '../live/use-live-list';
import { DataTable } from '../ui/data-table/data-table';
import { useListSearch } from '../ui/data-table/use-list-search';
import { Empty } from '../ui/empty';
import { Page } from '../ui/page';
import { AuditPeek } from './audit-peek';
import { useAuditColumns } from './columns';
import { auditList } from './list';
import { auditLogSpec } from './spec';
import { actWords } from './words';

const auditCall = `subscription {
  auditEntryAdded {
    cursor
    node { at act actor { displayName } stream revision }
  }
}`;

export default function AuditLogScreen() {
  const t = useT();
  const { search, question, setSearch } = useListSearch(auditLogSpec);
  const { list, state } = useLiveList(useMemo(() => auditList(question), [question]));
  const columns = useAuditColumns();

  return (
    <Page title={t('nav.auditLog')} layout="fill">
      <DataTable
        name="audit-log"
        label={t('nav.auditLog')}
        list={list}
        state={state}
        columns={columns}
        spec={auditLogSpec}
        search={search}
        onSearch={setSearch}
        facets={{
          act: { label: 'audit.act', words: (value) => t(`act.${value as 'UserCreated'}`) },
          actor: { label: 'audit.actor' },
          correlation: { label: 'audit.correlationId' },
          subject: { label: 'audit.subjects' },
        }}
        searchPlaceholder="audit.search"
        newRows="audit.new"
        empty={<Empty title={t('audit.empty')} call={auditCall}>{t('audit.emptyHint')}</Empty>}
        peekTitle={({ act }) => actWords(t, act)}
        peek={(entry) => <AuditPeek entry={entry} />}
      />
    </Page>
  );
}
