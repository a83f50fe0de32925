import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { LoadTest, LoadTestChange } from '../../schema/load-test/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { sees } from '../visibility';
import { toLoadTest, type LoadTestRow } from './sql';

@Resolver(() => LoadTest)
export class LoadTestSubscriptions {
  @Subscription(() => LoadTestChange, {
    description: 'Load tests of the tenant as they change, each in its newest state.',
    subscribe: ({ args, context }: { args: { after?: string | null }; context: Context }) => changes(context, {
      view: 'load_tests',
      after: args.after,
      filter: (row) => sees(context, 'operations:read', String(row.requested_by)),
      toNode: (row) => toLoadTest(row as unknown as LoadTestRow),
    }),
  })
  @Policy('operations:read')
  loadTestChanged(
    @Root() change: ChangeOf<LoadTest>,
    @Ctx() context: Context,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item seen.' }) _after: string | null,
  ): ChangeOf<LoadTest> {
    // The role may have changed since the subscription began.
    return change.node && !sees(context, 'operations:read', change.node.requestedById) ? { ...change, node: null } : change;
  }
}
