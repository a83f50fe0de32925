import type { ListQuestion } from '../lib/url-codec';
import { changeFeed, connectionPage, oneNode, type ListSource } from '../live/live-list';
import { chosen, mentions, orderBy } from '../ui/data-table/order';
import { UserChangedDocument, UserByIdDocument, UsersDocument, type Role, type UserFieldsFragment, type UserState } from './gql/documents';
import { userSpec } from './spec';

export type UserRow = UserFieldsFragment;

const orders = { createdAt: 'CREATED_AT', displayName: 'DISPLAY_NAME' } as const;

/** The users that a question asks for. */
export const userList = ({ q, sort, facets }: ListQuestion): ListSource<UserRow> => ({
  pageSize: 100,
  page: connectionPage(UsersDocument, {
    filter: { search: q || undefined, role: chosen<Role>(facets.role), state: chosen<UserState>(facets.state) },
    orderBy: orderBy(sort, orders),
  }, ({ users }) => users),
  one: (client, id) => oneNode(client, UserByIdDocument, id, (node): node is UserRow => node.__typename === 'User'),
  feed: changeFeed(UserChangedDocument, {}, ({ userChanged }) => userChanged),
  version: ({ revision }) => BigInt(revision),
  admits: (user) => sort === userSpec.defaultSort
    && (q === '' || mentions(q, user.displayName, user.email))
    && (!facets.role || facets.role.includes(user.role))
    && (!facets.state || facets.state.includes(user.state)),
});
