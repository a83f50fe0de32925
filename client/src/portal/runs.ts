import { keyOf } from '../lib/global-id';
import { changeFeed, connectionPage, type ListSource } from '../live/live-list';
import { mentions } from '../ui/data-table/order';
import { PortalRunChangedDocument, PortalRunsDocument, type PortalRunFieldsFragment } from './gql/documents';

export type PortalRun = PortalRunFieldsFragment;

/** How many of one's own runs the page looks through. */
export const LOOKED_THROUGH = 50;

/** One's own last runs of any kind, as they are and as they change. */
export const ownRuns = (userId: string): ListSource<PortalRun> => ({
  pageSize: LOOKED_THROUGH,
  page: connectionPage(PortalRunsDocument, { filter: { requestedBy: userId } }, ({ runs }) => runs),
  feed: changeFeed(PortalRunChangedDocument, {}, ({ runChanged }) => runChanged),
  version: ({ revision }) => BigInt(revision),
  admits: ({ requestedBy }) => requestedBy?.id === userId,
});

/** The runs that mention what was typed: in their prompt, model or provider, or by id. */
export const found = (runs: readonly PortalRun[], text: string): readonly PortalRun[] =>
  runs.filter(({ id, prompt, model, provider }) => mentions(text, prompt ?? '', model, provider, keyOf(id)));
