import type { Run } from '../../schema/run/types';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { visible } from '../visibility';
import { toRun, type RunRow } from './sql';

/** Runs the caller may see, by id. */
export const runById = defineLoader<string, Run>('runById', async (context, ids) => {
  const { text, values } = compile(sql`select * from views.runs where ${visible(context, 'runs:read', 'requested_by')} and id = any(${ids})`);
  return inOrderOf(ids, (await context.db.query<RunRow>(text, values)).map(toRun), (run) => run.id);
});
