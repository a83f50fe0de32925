import { Ctx, Query, Resolver } from 'type-graphql';
import { Concurrency } from '../../schema/concurrency-slot/types';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { readConcurrency } from './concurrency';

@Resolver()
export class ConcurrencyQueries {
  @Query(() => Concurrency, { description: 'Limits of simultaneous work, and how much of them is used.' })
  @Policy('runs:read')
  async concurrency(@Ctx() context: Context): Promise<Concurrency> {
    await context.waitForViews('concurrency_slots');
    return readConcurrency(context);
  }
}
