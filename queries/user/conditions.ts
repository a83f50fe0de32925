import { UserState } from '../../schema/user/types';
import type { UserFilter } from '../../schema/user/inputs';
import { any, containing, sql, type SqlCondition } from '../../src/graphql/sql';
import { mayUseModel, mayUseModelLike } from './may-use-model';
import { parseSearch, type SearchTerm } from './search';

/** The rows of `views.users` that a filter asks for; without a word on it, deleted users are not among them. */
export function conditions(filter: UserFilter | null | undefined): SqlCondition[] {
  const { search, role, state, organization, tier, model } = filter ?? {};
  return [
    ...parseSearch(search ?? '').map(matches),
    ...(role ? [sql`role = any(${role})`] : []),
    state ? sql`state = any(${state})` : sql`state <> ${UserState.DELETED}`,
    ...(organization ? [sql`organization_order = any(${organization})`] : []),
    ...(tier ? [sql`tier = any(${tier})`] : []),
    ...(model ? [any(model.map(mayUseModel))] : []),
  ];
}

/** The views that these conditions read. */
export const readViews = ['users', 'entitlements'] as const;

function matches({ field, text }: SearchTerm): SqlCondition {
  const pattern = containing(text);
  const person = sql`display_name ilike ${pattern} or email ilike ${pattern}`;
  switch (field) {
    case 'any': return sql`(${person} or organization ilike ${pattern})`;
    case 'user': return sql`(${person})`;
    case 'org': return sql`organization ilike ${pattern}`;
    case 'info': return sql`note ilike ${pattern}`;
    case 'model': return mayUseModelLike(text);
    default: return field satisfies never;
  }
}
