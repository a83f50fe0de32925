import type { LoadTest } from '../../schema/load-test/types';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { visible } from '../visibility';
import { toLoadTest, type LoadTestRow } from './sql';

/** Load tests of the caller's tenant, by id. */
export const loadTestById = defineLoader<string, LoadTest>('loadTestById', async (context, ids) => {
  const { text, values } = compile(sql`select * from views.load_tests where ${visible(context, 'operations:read')} and id = any(${ids})`);
  return inOrderOf(ids, (await context.db.query<LoadTestRow>(text, values)).map(toLoadTest), (test) => test.id);
});
