import { changeFeed, connectionPage, type ListSource } from '../live/live-list';
import { ClientKeyChangedDocument, ClientKeysDocument, type ClientKeyFieldsFragment, type ClientKeyState } from './gql/documents';

export type ClientKeyRow = ClientKeyFieldsFragment;

/** Uses are counted without an event, so a key has no revision: uses only grow, and a key that is over stays so. */
const ended: Record<ClientKeyState, bigint> = { ACTIVE: 0n, EXPIRED: 1n << 60n, REVOKED: 1n << 61n };

export const clientKeyVersion = ({ useCount, state }: Pick<ClientKeyRow, 'useCount' | 'state'>): bigint => BigInt(useCount) + ended[state];

/** The keys of one person or service client, newest first. */
export const clientKeysOf = (ownerId: string): ListSource<ClientKeyRow> => ({
  pageSize: 50,
  page: connectionPage(ClientKeysDocument, { filter: { ownerId }, orderBy: { field: 'CREATED_AT', direction: 'DESC' } },
    ({ clientKeys }) => clientKeys),
  feed: changeFeed(ClientKeyChangedDocument, {}, ({ clientKeyChanged }) => clientKeyChanged),
  version: clientKeyVersion,
  admits: ({ owner }) => owner?.id === ownerId,
  order: 'oldest-first',
  compare: (a, b) => b.createdAt.localeCompare(a.createdAt),
});
