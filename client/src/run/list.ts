import { keyOf } from '../lib/global-id';
import type { ListQuestion } from '../lib/url-codec';
import { changeFeed, connectionPage, oneNode, type ListSource } from '../live/live-list';
import { chosen, mentions, orderBy } from '../ui/data-table/order';
import { RunChangedDocument, RunByIdDocument, RunsDocument, type RunFieldsFragment, type RunKind, type RunState } from './gql/documents';
import { runSpec } from './spec';

export type RunRow = RunFieldsFragment;

const orders = { createdAt: 'CREATED_AT', updatedAt: 'UPDATED_AT' } as const;

/** The runs that a question asks for. */
export const runList = ({ q, sort, facets }: ListQuestion): ListSource<RunRow> => ({
  pageSize: 100,
  page: connectionPage(RunsDocument, {
    filter: {
      search: q || undefined,
      state: chosen<RunState>(facets.state),
      kind: chosen<RunKind>(facets.kind),
      requestedBy: facets.user?.[0],
    },
    orderBy: orderBy(sort, orders),
  }, ({ runs }) => runs),
  one: (client, id) => oneNode(client, RunByIdDocument, id, (node): node is RunRow => node.__typename === 'Run'),
  feed: changeFeed(RunChangedDocument, {}, ({ runChanged }) => runChanged),
  version: ({ revision }) => BigInt(revision),
  admits: (run) => sort === runSpec.defaultSort
    && (q === '' || mentions(q, run.model, run.provider, keyOf(run.id)))
    && (!facets.state || facets.state.includes(run.state))
    && (!facets.kind || facets.kind.includes(run.kind))
    && (!facets.user || (run.requestedBy !== null && facets.user.includes(run.requestedBy.id))),
});
