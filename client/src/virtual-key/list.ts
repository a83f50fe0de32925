import type { ListQuestion } from '../lib/url-codec';
import { changeFeed, connectionPage, oneNode, type ListSource } from '../live/live-list';
import { chosen, mentions, orderBy } from '../ui/data-table/order';
import {
  VirtualKeyByIdDocument, VirtualKeyChangedDocument, VirtualKeysDocument, type VirtualKeyFieldsFragment, type VirtualKeyState,
} from './gql/documents';
import { virtualKeySpec } from './spec';

export type VirtualKeyRow = VirtualKeyFieldsFragment;

const orders = { createdAt: 'CREATED_AT', keyAlias: 'KEY_ALIAS' } as const;

/** The virtual keys that a question asks for. */
export const virtualKeyList = ({ q, sort, facets }: ListQuestion): ListSource<VirtualKeyRow> => ({
  pageSize: 100,
  page: connectionPage(VirtualKeysDocument, {
    filter: { search: q || undefined, state: chosen<VirtualKeyState>(facets.state), ownerId: facets.owner?.[0] },
    orderBy: orderBy(sort, orders),
  }, ({ virtualKeys }) => virtualKeys),
  one: (client, id) => oneNode(client, VirtualKeyByIdDocument, id, (node): node is VirtualKeyRow => node.__typename === 'VirtualKey'),
  feed: changeFeed(VirtualKeyChangedDocument, {}, ({ virtualKeyChanged }) => virtualKeyChanged),
  version: ({ revision }) => BigInt(revision),
  admits: (key) => sort === virtualKeySpec.defaultSort
    && (q === '' || mentions(q, key.keyAlias))
    && (!facets.state || facets.state.includes(key.state))
    && (!facets.owner || facets.owner.includes(key.owner.id)),
});
