import { everything } from '../entitlement';
import { keyOf } from '../lib/global-id';
import type { ListQuestion } from '../lib/url-codec';
import { changeFeed, connectionPage, oneNode, type ListSource } from '../live/live-list';
import { chosen, mentions, orderBy } from '../ui/data-table/order';
import {
  UserChangedDocument, UserByIdDocument, UsersDocument, type Role, type UserFilter, type UserRowFieldsFragment, type UserState,
} from './gql/documents';
import { userSpec } from './spec';

export type UserRow = UserRowFieldsFragment;

const orders = { createdAt: 'CREATED_AT', displayName: 'DISPLAY_NAME', organization: 'ORGANIZATION' } as const;

/** `@user:`, `@org:`, `@model:`, `@info:` and quotes mean something to the server only; plain words all have to hold. */
const matches = (q: string, { displayName, email, organization }: UserRow): boolean => !/@\w+:|"/.test(q)
  && q.split(/\s+/).filter(Boolean).every((word) => mentions(word, displayName, email, organization));

const among = (wanted: readonly string[] | undefined, ...values: (string | null)[]): boolean =>
  !wanted || values.some((value) => value !== null && wanted.includes(value));

/** What the server filters by. */
export const userFilter = ({ q, facets }: Pick<ListQuestion, 'q' | 'facets'>): UserFilter => ({
  search: q || undefined,
  role: chosen<Role>(facets.role),
  state: chosen<UserState>(facets.state),
  organization: chosen<string>(facets.organization),
  tier: chosen<string>(facets.tier),
  model: chosen<string>(facets.model),
});

/** The users that a question asks for. Deleted ones are listed only when asked for. */
export const userList = (question: ListQuestion): ListSource<UserRow> => {
  const { q, sort, facets } = question;
  return {
    pageSize: 100,
    page: connectionPage(UsersDocument, { filter: userFilter(question), orderBy: orderBy(sort, orders) }, ({ users }) => users),
    one: (client, id) => oneNode(client, UserByIdDocument, id, (node): node is UserRow => node.__typename === 'User'),
    feed: changeFeed(UserChangedDocument, {}, ({ userChanged }) => userChanged),
    version: ({ revision }) => BigInt(revision),
    admits: (user) => sort === userSpec.defaultSort
      && matches(q, user)
      && among(facets.role, user.role)
      && (facets.state ? facets.state.includes(user.state) : user.state !== 'DELETED')
      && among(facets.organization, user.organization)
      && among(facets.tier, user.tier)
      && (among(facets.model, ...user.entitlements.models) || user.entitlements.models.some((model) => model === everything.models)),
  };
};

/** What a user is called: those who are deleted have no name any more. */
export const nameOf = ({ displayName, id }: Pick<UserRow, 'displayName' | 'id'>): string => displayName || keyOf(id);
