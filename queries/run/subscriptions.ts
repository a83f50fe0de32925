import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { Run, RunChange } from '../../schema/run/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { sees } from '../visibility';
import { toRun, type RunRow } from './sql';

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
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item seen.' }) _after: string | null,
  ): ChangeOf<Run> {
    // The role may have changed since the subscription began.
    return change.node && !sees(context, 'runs:read', change.node.requestedById) ? { ...change, node: null } : change;
  }
}
