import { changeFeed, connectionPage, type ListSource } from '../live/live-list';
import { KeyPoolChangedDocument, KeyPoolsDocument, type KeyPoolFieldsFragment } from './gql/documents';

export type KeyPoolRow = KeyPoolFieldsFragment;
export type LeaseRow = KeyPoolRow['leases'][number];
export type TicketRow = KeyPoolRow['queue'][number];
export type ProviderKeyRow = KeyPoolRow['keys'][number];

const millisecondBits = 64n;

/**
 * A pool's version: its revision and, because heartbeats only move expiries and are no events, the sum of those.
 */
export const poolVersion = ({ revision, leases }: Pick<KeyPoolRow, 'revision' | 'leases'>): bigint =>
  (BigInt(revision) << millisecondBits) + BigInt(leases.reduce((sum, { expiresAt }) => sum + Date.parse(expiresAt), 0));

/** Every pool of the tenant; made once, because it asks for nothing in particular. */
export const keyPoolList: ListSource<KeyPoolRow> = {
  // A pool carries its keys, leases and queue: more at once would cost more than one operation may.
  pageSize: 25,
  page: connectionPage(KeyPoolsDocument, {}, ({ keyPools }) => keyPools),
  feed: changeFeed(KeyPoolChangedDocument, {}, ({ keyPoolChanged }) => keyPoolChanged),
  version: poolVersion,
  admits: () => true,
  order: 'oldest-first',
  compare: (a, b) => a.provider.localeCompare(b.provider),
};
