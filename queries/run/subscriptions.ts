import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { Run, RunChange, RunProgress } from '../../schema/run/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { fromGlobalId } from '../../src/graphql/node';
import { Policy } from '../../src/graphql/policy';
import { sees } from '../visibility';
import { runProgress, unknownRun } from './progress';
import { toRun, type RunRow } from './sql';

const AFTER = { nullable: true, description: 'Cursor of the last item seen.' };

@Resolver(() => Run)
export class RunSubscriptions {
  @Subscription(() => RunChange, {
    description: 'Runs as they change, each in its newest state; users see their own.',
    subscribe: ({ args, context }: { args: { after?: string | null }; context: Context }) => changes(context, {
      view: 'runs',
      after: args.after,
      filter: (row) => sees(context, 'runs:read', String(row.requested_by)),
      toNode: (row) => toRun(row as unknown as RunRow),
    }),
  })
  @Policy('runs:read')
  runChanged(
    @Root() change: ChangeOf<Run>,
    @Ctx() context: Context,
    @Arg('after', () => String, AFTER) _after: string | null,
  ): ChangeOf<Run> {
    // The role may have changed since the subscription began.
    return change.node && !sees(context, 'runs:read', change.node.requestedById) ? { ...change, node: null } : change;
  }

  @Subscription(() => RunProgress, {
    description: 'The stages of one run, in order: those that were, then those that come, with the wait for a key in between.',
    subscribe: ({ args, context }: { args: { runId: string; after?: string | null }; context: Context }) =>
      runProgress(context, fromGlobalId(args.runId, 'Run'), args.after),
  })
  @Policy('runs:read')
  runProgress(
    @Root() progress: RunProgress,
    @Ctx() context: Context,
    @Arg('runId', () => ID, { description: 'The run.' }) _runId: string,
    @Arg('after', () => String, AFTER) _after: string | null,
  ): RunProgress {
    if (!sees(context, 'runs:read', progress.run.requestedById)) throw new RefusedError(unknownRun);
    return progress;
  }
}
