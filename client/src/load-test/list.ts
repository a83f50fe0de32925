import { changeFeed, connectionPage, type ListSource } from '../live/live-list';
import { LoadTestChangedDocument, LoadTestsDocument, type LoadTestFieldsFragment } from './gql/documents';

export type LoadTestRow = LoadTestFieldsFragment;
export type BurstRow = LoadTestRow['results'][number];

/** Every load test of the tenant, newest first. */
export const loadTestList: ListSource<LoadTestRow> = {
  pageSize: 10,
  page: connectionPage(LoadTestsDocument, {}, ({ loadTests }) => loadTests),
  feed: changeFeed(LoadTestChangedDocument, {}, ({ loadTestChanged }) => loadTestChanged),
  version: ({ revision }) => BigInt(revision),
  admits: () => true,
  order: 'oldest-first',
  compare: (a, b) => b.createdAt.localeCompare(a.createdAt),
};
