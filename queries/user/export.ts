import { stringify } from 'csv-stringify/sync';
import { escapeCell, exportColumns } from '../../schema/user/csv';
import type { UserFilter } from '../../schema/user/inputs';
import type { UserExport } from '../../schema/user/types';
import type { Context } from '../../src/graphql/context';
import { readBehind } from '../../src/graphql/connection';
import { decodeCursor, encodeCursor } from '../../src/graphql/cursor';
import { all, sql } from '../../src/graphql/sql';
import { visible } from '../visibility';
import { conditions } from './conditions';
import { seesNotes } from './notes';
import type { UserRow } from './sql';

const PART = 1_000;
const ORDER = 'views.users.export';

/**
 * One part of the users as comma-separated text that `importUsers` takes, the oldest first.
 * @throws RefusedError E4004 for a cursor that is none of an export
 */
export async function exportUsers(
  context: Context, filter: UserFilter | null | undefined, after: string | null | undefined,
): Promise<UserExport> {
  const place = after ? decodeCursor(after, ORDER) : undefined;
  const rows = await readBehind<UserRow & { created_text: string }>(context.db, place, sql`
    select list.*, created_at::text as created_text from views.users as list
    where ${all([
      visible(context, 'users:read', 'id'), ...conditions(context, filter),
      ...(place ? [sql`(created_at, id) > (${place.value}::timestamptz, ${place.key})`] : []),
    ])}
    order by created_at, id limit ${PART + 1}`);
  const part = rows.slice(0, PART);
  const last = part.at(-1);
  const lines = part.map((row) =>
    [row.email, row.display_name, row.role, row.organization, seesNotes(context) ? row.note : null, row.tier].map((cell) => escapeCell(cell ?? '')));
  return {
    csv: stringify(place ? lines : [[...exportColumns], ...lines]),
    cursor: rows.length > PART && last ? encodeCursor(ORDER, { value: last.created_text, key: last.id }) : null,
  };
}
