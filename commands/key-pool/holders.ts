import type { Db } from '../../src/graphql/context';

/** Those among these people and service clients who may do nothing any more. Runs, which hold leases too, are neither. */
export async function powerless(db: Db, holders: readonly string[]): Promise<string[]> {
  if (holders.length === 0) return [];
  const rows = await db.query<{ id: string }>(
    `select user_id as id from auth_people where user_id = any($1) and not active
     union select client_id from auth_services where client_id = any($1) and not active`, [holders]);
  return rows.map(({ id }) => id);
}
