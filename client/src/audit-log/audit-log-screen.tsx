import { useMemo } from 'react';
import { useT } from '../i18n/use-t';
import { exactTime } from '../lib/format';
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
    node { at act result reason actor { displayName } stream revision }
  }
}`;

/** A link may carry anything. */
const momentWords = (iso: string, language: string): string => (Number.isNaN(Date.parse(iso)) ? iso : exactTime(iso, language));

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
          result: { label: 'audit.result', words: (value) => t(`audit.result.${value as 'REFUSED'}`) },
          act: { label: 'audit.act', words: (value) => t(`act.${value as 'UserCreated'}`) },
          actor: { label: 'audit.actor' },
          correlation: { label: 'audit.correlationId' },
          subject: { label: 'audit.subjects' },
          from: { label: 'audit.from', words: (iso) => t('audit.since', { time: momentWords(iso, t.language) }) },
          to: { label: 'audit.to', words: (iso) => t('audit.until', { time: momentWords(iso, t.language) }) },
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
