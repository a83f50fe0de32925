import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { WaitTicket } from '../../schema/key-pool/types';
import { RunFilter, RunOrder, RunOrderField } from '../../schema/run/inputs';
import { legnextParameters, legnextText } from '../../schema/run/parameters';
import { Diagnosis, RunExchange, RunOutput, RunStep } from '../../schema/run/parts';
import { Run, RunConnection } from '../../schema/run/types';
import { User } from '../../schema/user/types';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { fromGlobalId, registerNode } from '../../src/graphql/node';
import { Policy } from '../../src/graphql/policy';
import { JSONValue } from '../../src/graphql/scalars';
import { containing, sql, type SqlCondition } from '../../src/graphql/sql';
import { related } from '../related';
import { userById } from '../user/loaders';
import { visible } from '../visibility';
import { hasEnded, isCancellable, isRetryable, isWatchable } from './acts';
import { diagnosisOf } from './diagnosis';
import { exchangeOf } from './exchange';
import { detailsOfRun, outputsOfRun, runById, stepsOfRun, ticketOfRun } from './loaders';
import { plainSteps, toRun, type RunRow } from './sql';

/** Points beyond the one of every object: its texts are long, and lists have a hundred of them. */
const EXCHANGE_COST = 9;

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

  @Query(() => String, { description: 'What a text for LegNext looks like with its parameters.' })
  @Policy('runs:write')
  legnextText(@Arg('parameters', () => JSONValue, { description: 'As `startRun` takes them.' }) parameters: unknown): string {
    const { data, error } = legnextParameters.safeParse(parameters);
    if (data) return legnextText(data);
    const [issue] = error.issues;
    throw new RefusedError({
      code: 'V1001', rule: 'parameters', message: `These are no parameters for LegNext: ${issue!.message}.`,
      path: ['parameters', ...issue!.path.map(String)],
    });
  }

  @FieldResolver(() => User, { nullable: true, description: 'The user who asked for it; null when that is no longer known.' })
  @Policy('users:read')
  requestedBy(@Root() run: Pick<Run, 'requestedById' | 'position'>, @Ctx() context: Context): Promise<User | undefined> {
    return related(context, 'users', userById, run.requestedById, run.position);
  }

  @FieldResolver(() => [RunOutput], { description: 'The files that it made.' })
  async outputs(@Root() run: Run, @Ctx() context: Context): Promise<RunOutput[] | undefined> {
    return run.operation === null ? [] : context.loader(outputsOfRun).load(run.id);
  }

  @FieldResolver(() => Boolean, { description: 'Whether the caller may stop it.' })
  cancellable(@Root() run: Run, @Ctx() context: Context): boolean {
    return isCancellable(context, run);
  }

  @FieldResolver(() => Boolean, { description: 'Whether the caller may have it done once more.' })
  retryable(@Root() run: Run, @Ctx() context: Context): boolean {
    return isRetryable(context, run);
  }

  @FieldResolver(() => Boolean, { description: 'Whether the caller may have its outcome looked for again.' })
  watchable(@Root() run: Run, @Ctx() context: Context): boolean {
    return isWatchable(context, run);
  }

  @FieldResolver(() => [RunStep], { description: 'What happened to it, in order.' })
  async timeline(@Root() run: Run, @Ctx() context: Context): Promise<RunStep[] | undefined> {
    return run.operation === null ? plainSteps(run) : context.loader(stepsOfRun).load(run.id);
  }

  @FieldResolver(() => RunExchange, {
    nullable: true, description: 'What was said to the vendor and what it answered, with every secret taken out. Null for other kinds.',
    complexity: EXCHANGE_COST,
  })
  async exchange(@Root() run: Run, @Ctx() context: Context): Promise<RunExchange | null> {
    const details = run.operation === null ? undefined : await context.loader(detailsOfRun).load(run.id);
    return details ? exchangeOf(details) : null;
  }

  @FieldResolver(() => Diagnosis, { nullable: true, description: 'Why a generation failed and what to do; null unless it failed.' })
  async diagnosis(@Root() run: Run, @Ctx() context: Context): Promise<Diagnosis | null> {
    return run.failureCategory === null ? null : diagnosisOf(run, await context.loader(detailsOfRun).load(run.id));
  }

  @FieldResolver(() => WaitTicket, { nullable: true, description: 'Its place in the queue of its pool while it waits for a key.' })
  @Policy('runs:read')
  async waitTicket(@Root() run: Run, @Ctx() context: Context): Promise<WaitTicket | null> {
    if (run.operation === null || hasEnded(run)) return null;
    await context.waitForViews('key_pools');
    return (await context.loader(ticketOfRun).load(run.id)) ?? null;
  }
}

function conditions(filter: RunFilter | null | undefined): SqlCondition[] {
  const { kind, state, requestedBy, search, operation, pool, scenario, since, until } = filter ?? {};
  return [
    ...(kind ? [sql`kind = any(${kind})`] : []),
    ...(state ? [sql`state = any(${state})`] : []),
    ...(requestedBy ? [sql`requested_by = ${fromGlobalId(requestedBy, 'User')}`] : []),
    ...(search ? [sql`(model ilike ${containing(search)} or provider ilike ${containing(search)})`] : []),
    // Other kinds of work have neither, and are in none of the indexes that serve these.
    ...(operation || scenario ? [sql`operation is not null`] : []),
    ...(operation ? [sql`operation = any(${operation})`] : []),
    ...(pool ? [sql`pool = ${pool}`] : []),
    ...(scenario ? [sql`scenario = any(${scenario})`] : []),
    ...(since ? [sql`created_at >= ${since}`] : []),
    ...(until ? [sql`created_at <= ${until}`] : []),
  ];
}
