import type { ListQuestion } from '../lib/url-codec';
import { changeFeed, connectionPage, oneNode, type ListSource } from '../live/live-list';
import { mentions } from '../ui/data-table/order';
import { AuditEntryAddedDocument, AuditEntryByIdDocument, AuditLogDocument, type AuditEntryFieldsFragment } from './gql/documents';
import { auditLogSpec } from './spec';

export type AuditRow = AuditEntryFieldsFragment;

/** The acts that a question asks for. */
export const auditList = ({ q, sort, facets }: ListQuestion): ListSource<AuditRow> => {
  const [actor, correlation, subject] = [facets.actor?.[0], facets.correlation?.[0], facets.subject?.[0]];
  return {
    pageSize: 100,
    page: connectionPage(AuditLogDocument, {
      filter: { search: q || undefined, act: facets.act && [...facets.act], actorId: actor, correlationId: correlation, subject },
      orderBy: { field: 'POSITION', direction: sort.startsWith('-') ? 'DESC' : 'ASC' },
    }, ({ auditLog }) => auditLog),
    one: (client, id) => oneNode(client, AuditEntryByIdDocument, id, (node): node is AuditRow => node.__typename === 'AuditEntry'),
    feed: changeFeed(AuditEntryAddedDocument, {}, ({ auditEntryAdded }) => auditEntryAdded),
    // An act never changes.
    version: ({ position }) => BigInt(position),
    admits: (entry) => sort === auditLogSpec.defaultSort
      && (q === '' || mentions(q, entry.act, entry.stream))
      && (!facets.act || facets.act.includes(entry.act))
      && (!actor || entry.actorId === actor)
      && (!correlation || entry.correlationId === correlation)
      && (!subject || entry.subjects.includes(subject)),
  };
};
