import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { KeyPool, KeyPoolChange } from '../../schema/key-pool/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { toKeyPool, type KeyPoolRow } from './sql';

interface FeedArgs {
  after?: string | null;
  provider?: string | null;
}

@Resolver(() => KeyPool)
export class KeyPoolSubscriptions {
  @Subscription(() => KeyPoolChange, {
    description: 'Key pools as they change, each in its newest state.',
    subscribe: ({ args, context }: { args: FeedArgs; context: Context }) => changes(context, {
      view: 'key_pools',
      after: args.after,
      filter: args.provider ? (row) => row.provider === args.provider : undefined,
      toNode: (row) => toKeyPool(row as unknown as KeyPoolRow),
    }),
  })
  @Policy('pools:read')
  keyPoolChanged(
    @Root() change: ChangeOf<KeyPool>,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item seen.' }) _after: string | null,
    @Arg('provider', () => String, { nullable: true, description: 'Only the pool of this vendor.' }) _provider: string | null,
    @Ctx() _context: Context,
  ): ChangeOf<KeyPool> {
    return change;
  }
}
