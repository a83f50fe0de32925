import { sql, type SqlCondition } from '../../src/graphql/sql';

/** The rows of `views.users` of those who may use a model. */
export function mayUseModel(_model: string): SqlCondition {
  return sql`true`;
}
