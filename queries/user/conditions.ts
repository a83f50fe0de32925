import { UserState } from '../../schema/user/types';
import type { UserFilter } from '../../schema/user/inputs';
import type { Context } from '../../src/graphql/context';
import { any, containing, sql, type SqlCondition } from '../../src/graphql/sql';
import { mayUseModel, mayUseModelLike } from './may-use-model';
import { seesNotes } from './notes';
import { parseSearch, type SearchTerm } from './search';

/** The rows of `views.users` that a caller's filter asks for; without a word on it, deleted users are not among them. */
export function conditions(context: Pick<Context, 'principal'>, filter: UserFilter | null | undefined): SqlCondition[] {
  const { search, role, state, organization, tier, model } = filter ?? {};
  return [
    ...parseSearch(search ?? '').map((term) => matches(term, seesNotes(context))),
    ...(role ? [sql`role = any(${role})`] : []),
    state ? sql`state = any(${state})` : sql`state <> ${UserState.DELETED}`,
    ...(organization ? [sql`organization_order = any(${organization})`] : []),
    ...(tier ? [sql`tier = any(${tier})`] : []),
    ...(model ? [any(model.map(mayUseModel))] : []),
  ];
}

/** The views that these conditions read. */
export const readViews = ['users', 'entitlements'] as const;

function matches({ field, text }: SearchTerm, withNotes: boolean): SqlCondition {
  const pattern = containing(text);
  const person = sql`display_name ilike ${pattern} or email ilike ${pattern}`;
  switch (field) {
    case 'any': return sql`(${person} or organization ilike ${pattern})`;
    case 'user': return sql`(${person})`;
    case 'org': return sql`organization ilike ${pattern}`;
    // Whoever does not see notes must not guess them word by word either.
    case 'info': return withNotes ? sql`note ilike ${pattern}` : sql`false`;
    case 'model': return mayUseModelLike(text);
    default: return field satisfies never;
  }
}
