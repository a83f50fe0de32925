import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { LoadTestFilter, LoadTestOrder, LoadTestOrderField } from '../../schema/load-test/inputs';
import { LoadTest, LoadTestConnection, StartLoadTestPayload } from '../../schema/load-test/types';
import { User } from '../../schema/user/types';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { registerNode } from '../../src/graphql/node';
import { ownWrite } from '../../src/graphql/own-write';
import { Policy } from '../../src/graphql/policy';
import { sql } from '../../src/graphql/sql';
import { related } from '../related';
import { userById } from '../user/loaders';
import { visible } from '../visibility';
import { loadTestById } from './loaders';
import { toLoadTest, type LoadTestRow } from './sql';

registerNode('LoadTest', 'operations:read', async (context, ids) => {
  await context.waitForViews('load_tests');
  return context.loader(loadTestById).loadMany(ids) as Promise<(LoadTest | undefined)[]>;
});

@Resolver(() => LoadTest)
export class LoadTestQueries {
  @Query(() => LoadTestConnection, { description: 'The load tests of the tenant, newest first.' })
  @Policy('operations:read')
  async loadTests(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => LoadTestFilter, { nullable: true, description: 'Which load tests.' }) filter?: LoadTestFilter | null,
    @Arg('orderBy', () => LoadTestOrder, { nullable: true, description: 'In which order.' }) orderBy?: LoadTestOrder | null,
  ): Promise<Page<LoadTest>> {
    await context.waitForViews('load_tests');
    return readPage<LoadTestRow, LoadTest>(context.db, {
      from: 'views.load_tests',
      key: 'id',
      where: [visible(context, 'operations:read'), ...(filter?.state ? [sql`state = any(${filter.state})`] : [])],
      orderBy: { column: orderBy?.field ?? LoadTestOrderField.CREATED_AT, direction: orderBy?.direction ?? OrderDirection.DESC },
      toNode: toLoadTest,
    }, page);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who asked for it; null for a program, and when that is no longer known.' })
  @Policy('users:read')
  requestedBy(@Root() test: Pick<LoadTest, 'requestedById' | 'position'>, @Ctx() context: Context): Promise<User | undefined> {
    return related(context, 'users', userById, test.requestedById, test.position);
  }
}

@Resolver(() => StartLoadTestPayload)
export class StartLoadTestPayloadFields {
  @FieldResolver(() => LoadTest, { nullable: true, description: 'The load test; follow it by `loadTestChanged`.' })
  loadTest(@Root() { loadTestId }: { loadTestId?: string }, @Ctx() context: Context): Promise<LoadTest | null> {
    return ownWrite(context, 'load_tests', loadTestById, loadTestId);
  }
}
