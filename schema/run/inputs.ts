import { IsInt, Max, MaxLength, Min } from 'class-validator';
import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { MutationInput } from '../../src/graphql/input';
import { DateTime, JSONValue } from '../../src/graphql/scalars';
import { Operation, RunKind, RunState, Scenario } from './enums';

export const DEFAULT_POLL_SECONDS = 2;
export const DEFAULT_RUN_WAIT_SECONDS = 120;

@InputType({ description: 'Which runs to list; all that is given must hold.' })
export class RunFilter {
  @Field(() => [RunKind], { nullable: true, description: 'One of these kinds.' })
  kind?: RunKind[] | null;

  @Field(() => [RunState], { nullable: true, description: 'One of these states.' })
  state?: RunState[] | null;

  @Field(() => ID, { nullable: true, description: 'The user who asked for them.' })
  requestedBy?: string | null;

  @Field(() => String, { nullable: true, description: 'Text contained in the name of the model or provider.' })
  @MaxLength(200)
  search?: string | null;

  @Field(() => [Operation], { nullable: true, description: 'One of these operations.' })
  operation?: Operation[] | null;

  @Field(() => String, { nullable: true, description: 'Served by this key pool.' })
  @MaxLength(200)
  pool?: string | null;

  @Field(() => [Scenario], { nullable: true, description: 'With one of these scenarios.' })
  scenario?: Scenario[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Asked for at this moment or later.' })
  since?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Asked for at this moment or earlier.' })
  until?: Date | null;
}

export enum RunOrderField {
  CREATED_AT = 'created_at',
  UPDATED_AT = 'updated_at',
}
registerEnumType(RunOrderField, {
  name: 'RunOrderField',
  description: 'What runs are ordered by.',
  valuesConfig: { CREATED_AT: { description: 'When it was asked for.' }, UPDATED_AT: { description: 'When it last changed.' } },
});

@InputType({ description: 'Order of a list of runs.' })
export class RunOrder {
  @Field(() => RunOrderField, { description: 'What to order by.' })
  field!: RunOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}

@InputType({ description: 'What to generate.' })
export class StartRunInput extends MutationInput {
  @Field(() => Operation, { description: 'What to do, and with which vendor.' })
  operation!: Operation;

  @Field(() => JSONValue, { description: 'As the operation takes them: see the guide on vendors (docs/vendors.md).' })
  parameters!: unknown;

  @Field(() => Scenario, { nullable: true, description: 'Plays the vendor instead of calling it.' })
  scenario?: Scenario | null;

  @Field(() => Boolean, { nullable: true, defaultValue: true, description: 'Whether the vendor is asked for the outcome by itself.' })
  autoPoll?: boolean | null;

  @Field(() => Int, { nullable: true, defaultValue: DEFAULT_POLL_SECONDS, description: 'Seconds between two questions for the outcome, 1 to 10.' })
  @IsInt()
  @Min(1)
  @Max(10)
  pollIntervalSeconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_RUN_WAIT_SECONDS,
    description: 'Longest wait for a provider key, and longest wait for the outcome, 10 to 300 seconds.',
  })
  @IsInt()
  @Min(10)
  @Max(300)
  maxWaitSeconds?: number | null;
}

/** Names one run; each mutation has an input of its own name. */
@InputType()
export class RunInput extends MutationInput {
  @Field(() => ID, { description: 'The run.' })
  runId!: string;
}

@InputType({ description: 'Which run to stop.' })
export class CancelRunInput extends RunInput {}

@InputType({ description: 'Which run to do once more.' })
export class RetryRunInput extends RunInput {}

@InputType({ description: 'Of which run to look for the outcome again.' })
export class WatchRunInput extends RunInput {}

@InputType({ description: 'Gives up all of one\'s own unfinished runs.' })
export class ClearConcurrencySlotsInput extends MutationInput {}
