import { isoOfLocal } from '../lib/local-time';
import type { ListQuestion } from '../lib/url-codec';
import { changeFeed, connectionPage, oneNode, type ListSource } from '../live/live-list';
import { chosen, mentions } from '../ui/data-table/order';
import {
  AuditEntryAddedDocument, AuditEntryByIdDocument, AuditLogDocument, type AuditEntryFieldsFragment, type AuditResult,
} from './gql/documents';
import { auditLogSpec } from './spec';

export type AuditRow = AuditEntryFieldsFragment;

/** A moment of the URL; one that is none asks for nothing. */
const momentOf = (values: readonly string[] | undefined): string | undefined => isoOfLocal(values?.[0] ?? '') || undefined;

/** The acts that a question asks for. */
export const auditList = ({ q, sort, facets }: ListQuestion): ListSource<AuditRow> => {
  const [actor, correlation, subject] = [facets.actor?.[0], facets.correlation?.[0], facets.subject?.[0]];
  const [from, to] = [momentOf(facets.from), momentOf(facets.to)];
  return {
    pageSize: 100,
    page: connectionPage(AuditLogDocument, {
      filter: {
        search: q || undefined, act: facets.act && [...facets.act], actorId: actor, correlationId: correlation, subject,
        result: chosen<AuditResult>(facets.result), from, to,
      },
      orderBy: { field: 'POSITION', direction: sort.startsWith('-') ? 'DESC' : 'ASC' },
    }, ({ auditLog }) => auditLog),
    one: (client, id) => oneNode(client, AuditEntryByIdDocument, id, (node): node is AuditRow => node.__typename === 'AuditEntry'),
    feed: changeFeed(AuditEntryAddedDocument, { act: facets.act && [...facets.act] }, ({ auditEntryAdded }) => auditEntryAdded),
    // An act never changes.
    version: ({ position }) => BigInt(position),
    admits: (entry) => sort === auditLogSpec.defaultSort
      && (q === '' || mentions(q, entry.act, entry.stream))
      && (!facets.act || facets.act.includes(entry.act))
      && (!facets.result || facets.result.includes(entry.result))
      && (!from || Date.parse(entry.at) >= Date.parse(from))
      && (!to || Date.parse(entry.at) <= Date.parse(to))
      && (!actor || entry.actorId === actor)
      && (!correlation || entry.correlationId === correlation)
      && (!subject || entry.subjects.includes(subject)),
  };
};
