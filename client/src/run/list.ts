import { keyOf } from '../lib/global-id';
import type { ListQuestion } from '../lib/url-codec';
import { changeFeed, connectionPage, oneNode, type ListSource } from '../live/live-list';
import { chosen, mentions, orderBy } from '../ui/data-table/order';
import {
  RunChangedDocument, RunByIdDocument, RunsDocument, type Operation, type RunFieldsFragment, type RunKind, type RunState, type Scenario,
} from './gql/documents';
import { runSpec } from './spec';
import { activeStates, isActive } from './states';

export type RunRow = RunFieldsFragment;

const orders = { createdAt: 'CREATED_AT', updatedAt: 'UPDATED_AT' } as const;

const feed = changeFeed(RunChangedDocument, {}, ({ runChanged }) => runChanged);
const version = ({ revision }: RunRow): bigint => BigInt(revision);
const newestFirst = (a: RunRow, b: RunRow): number => b.createdAt.localeCompare(a.createdAt);

/** Whether a facet lets a value through; one that is not chosen lets everything through. */
const isAmong = (values: readonly string[] | undefined, value: string | null | undefined): boolean =>
  !values || (typeof value === 'string' && values.includes(value));

/** The runs that a question asks for. */
export const runList = ({ q, sort, facets }: ListQuestion): ListSource<RunRow> => ({
  pageSize: 100,
  page: connectionPage(RunsDocument, {
    filter: {
      search: q || undefined,
      state: chosen<RunState>(facets.state),
      kind: chosen<RunKind>(facets.kind),
      requestedBy: facets.user?.[0],
      operation: chosen<Operation>(facets.operation),
      scenario: chosen<Scenario>(facets.scenario),
      pool: facets.pool?.[0],
      since: facets.since?.[0],
      until: facets.until?.[0],
    },
    orderBy: orderBy(sort, orders),
  }, ({ runs }) => runs),
  one: (client, id) => oneNode(client, RunByIdDocument, id, (node): node is RunRow => node.__typename === 'Run'),
  feed,
  version,
  admits: (run) => sort === runSpec.defaultSort
    && (q === '' || mentions(q, run.model, run.provider, keyOf(run.id)))
    && isAmong(facets.state, run.state)
    && isAmong(facets.kind, run.kind)
    && isAmong(facets.operation, run.operation)
    && isAmong(facets.scenario, run.scenario)
    && isAmong(facets.pool, run.pool)
    && isAmong(facets.user, run.requestedBy?.id)
    && (!facets.since?.[0] || Date.parse(run.createdAt) >= Date.parse(facets.since[0]))
    && (!facets.until?.[0] || Date.parse(run.createdAt) < Date.parse(facets.until[0])),
});

/** The last runs of one user, newest first; new ones are there at once. */
export const runsOf = (userId: string, pageSize: number): ListSource<RunRow> => ({
  pageSize,
  page: connectionPage(RunsDocument, { filter: { requestedBy: userId }, orderBy: { field: 'CREATED_AT', direction: 'DESC' } }, ({ runs }) => runs),
  feed,
  version,
  admits: ({ requestedBy }) => requestedBy?.id === userId,
  order: 'oldest-first',
  compare: newestFirst,
});

/** The runs that go on, newest first. One that ends stays, for whoever looks at it. */
export const activeRuns: ListSource<RunRow> = {
  pageSize: 100,
  page: connectionPage(RunsDocument, { filter: { state: [...activeStates] }, orderBy: { field: 'CREATED_AT', direction: 'DESC' } }, ({ runs }) => runs),
  feed,
  version,
  admits: isActive,
  order: 'oldest-first',
  compare: newestFirst,
};
