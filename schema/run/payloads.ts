import { Field, ObjectType } from 'type-graphql';
import { MutationPayload } from '../../src/graphql/payload';
import { Concurrency } from '../concurrency-slot/types';
import { Run } from './types';

@ObjectType({
  implements: MutationPayload,
  description: 'Answer of `startRun`. `run` is set even when it was rejected, beside the error that says which rule refused.',
})
export class StartRunPayload extends MutationPayload {
  @Field(() => Run, { nullable: true, description: 'The new run.' })
  run!: Run | null;
}

/** What mutations answer that do something with one run; each has a payload of its own name. */
@ObjectType({ implements: MutationPayload })
class RunPayload extends MutationPayload {
  @Field(() => Run, { nullable: true, description: 'The run.' })
  run!: Run | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `cancelRun`.' })
export class CancelRunPayload extends RunPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `retryRun`.' })
export class RetryRunPayload extends RunPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `watchRun`.' })
export class WatchRunPayload extends RunPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `clearConcurrencySlots`.' })
export class ClearConcurrencySlotsPayload extends MutationPayload {
  @Field(() => [Run], { nullable: true, description: 'Runs that were stopped.' })
  runs!: Run[] | null;

  @Field(() => Concurrency, { nullable: true, description: 'How much goes on now.' })
  concurrency!: Concurrency | null;
}
