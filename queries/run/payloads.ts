import { Ctx, FieldResolver, Resolver, Root, type ClassType } from 'type-graphql';
import { Concurrency } from '../../schema/concurrency-slot/types';
import { CancelRunPayload, ClearConcurrencySlotsPayload, RetryRunPayload, StartRunPayload, WatchRunPayload } from '../../schema/run/payloads';
import { Run } from '../../schema/run/types';
import type { Context } from '../../src/graphql/context';
import { ownWrite, seesOwnWrite } from '../../src/graphql/own-write';
import { readConcurrency } from '../concurrency-slot/concurrency';
import { runById } from './loaders';

/** What `commands/run/mutations.ts` answers: ids, from which the payloads' objects are read. */
interface Changed {
  runId?: string;
  runIds?: readonly string[];
}

@Resolver(() => StartRunPayload)
export class StartRunPayloadFields {
  @FieldResolver(() => Run, { nullable: true, description: 'The new run.' })
  run(@Root() { runId }: Changed, @Ctx() context: Context): Promise<Run | null> {
    return ownWrite(context, 'runs', runById, runId);
  }
}

/** The field of a payload that shows one run. */
function oneRunFields(Payload: ClassType): ClassType {
  @Resolver(() => Payload)
  class OneRunFields {
    @FieldResolver(() => Run, { nullable: true, description: 'The run.' })
    run(@Root() { runId }: Changed, @Ctx() context: Context): Promise<Run | null> {
      return ownWrite(context, 'runs', runById, runId);
    }
  }
  return OneRunFields;
}

export const CancelRunPayloadFields = oneRunFields(CancelRunPayload);
export const RetryRunPayloadFields = oneRunFields(RetryRunPayload);
export const WatchRunPayloadFields = oneRunFields(WatchRunPayload);

@Resolver(() => ClearConcurrencySlotsPayload)
export class ClearConcurrencySlotsPayloadFields {
  @FieldResolver(() => [Run], { nullable: true, description: 'Runs that were stopped.' })
  async runs(@Root() { runIds }: Changed, @Ctx() context: Context): Promise<Run[] | null> {
    if (!runIds || !(await seesOwnWrite(context, 'runs'))) return null;
    const runs = await context.loader(runById).loadMany(runIds);
    return runs.filter((run): run is Run => run !== undefined && !(run instanceof Error));
  }

  @FieldResolver(() => Concurrency, { nullable: true, description: 'How much goes on now.' })
  async concurrency(@Root() { runIds }: Changed, @Ctx() context: Context): Promise<Concurrency | null> {
    return runIds && (await seesOwnWrite(context, 'concurrency_slots')) ? readConcurrency(context) : null;
  }
}
