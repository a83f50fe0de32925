import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { RunFilter, RunOrder, RunOrderField } from '../../schema/run/inputs';
import { Run, RunConnection } from '../../schema/run/types';
import { User } from '../../schema/user/types';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { fromGlobalId, registerNode } from '../../src/graphql/node';
import { Policy } from '../../src/graphql/policy';
import { containing, sql, type SqlCondition } from '../../src/graphql/sql';
import { related } from '../related';
import { userById } from '../user/loaders';
import { visible } from '../visibility';
import { runById } from './loaders';
import { toRun, type RunRow } from './sql';

registerNode('Run', 'runs:read', async (context, ids) => {
  await context.waitForViews('runs');
  return context.loader(runById).loadMany(ids) as Promise<(Run | undefined)[]>;
});

@Resolver(() => Run)
export class RunQueries {
  @Query(() => RunConnection, { description: 'The runs of the tenant, newest first; users see their own.' })
  @Policy('runs:read')
  async runs(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => RunFilter, { nullable: true, description: 'Which runs.' }) filter?: RunFilter | null,
    @Arg('orderBy', () => RunOrder, { nullable: true, description: 'In which order.' }) orderBy?: RunOrder | null,
  ): Promise<Page<Run>> {
    await context.waitForViews('runs');
    return readPage<RunRow, Run>(context.db, {
      from: 'views.runs',
      key: 'id',
      where: [visible(context, 'runs:read', 'requested_by'), ...conditions(filter)],
      orderBy: { column: orderBy?.field ?? RunOrderField.CREATED_AT, direction: orderBy?.direction ?? OrderDirection.DESC },
      toNode: toRun,
    }, page);
  }

  @FieldResolver(() => User, { nullable: true, description: 'The user who asked for it; null when that is no longer known.' })
  @Policy('users:read')
  requestedBy(@Root() run: Pick<Run, 'requestedById' | 'position'>, @Ctx() context: Context): Promise<User | undefined> {
    return related(context, 'users', userById, run.requestedById, run.position);
  }
}

function conditions(filter: RunFilter | null | undefined): SqlCondition[] {
  const { kind, state, requestedBy, search } = filter ?? {};
  return [
    ...(kind ? [sql`kind = any(${kind})`] : []),
    ...(state ? [sql`state = any(${state})`] : []),
    ...(requestedBy ? [sql`requested_by = ${fromGlobalId(requestedBy, 'User')}`] : []),
    ...(search ? [sql`(model ilike ${containing(search)} or provider ilike ${containing(search)})`] : []),
  ];
}
