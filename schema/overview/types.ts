import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Position } from '../../src/graphql/scalars';

@ObjectType({ description: 'How far one view or reactor has come.' })
export class ProjectionStatus {
  @Field(() => String, { description: 'Name of the view or reactor.' })
  name!: string;

  @Field(() => String, { description: '`view` (rows that are read) or `reactor` (jobs that are put out).' })
  kind!: string;

  @Field(() => Int, { description: 'Version of its tables.' })
  version!: number;

  @Field(() => Position, { nullable: true, description: 'Everything up to here has been seen; null before the first event.' })
  position!: bigint | null;

  @Field(() => Position, { nullable: true, description: 'Newest position of the log; null while it is empty.' })
  head!: bigint | null;

  @Field(() => String, { description: '`running`, `retrying`, `stopped` (see `failure`) or `unowned` (no server keeps it).' })
  state!: string;

  @Field(() => String, { nullable: true, description: 'Why it stopped, and before which event; told to whoever runs the server.' })
  failure!: string | null;

  @Field(() => Float, { nullable: true, description: 'Share of a running rebuild that is done, 0 to 1; null when none runs.' })
  rebuildProgress!: number | null;
}

@ObjectType({ description: 'The tenant at a glance.' })
export class Overview {
  @Field(() => Int, { description: 'Users who may sign in.' })
  users!: number;

  @Field(() => Int, { description: 'Virtual keys in use.' })
  activeKeys!: number;

  @Field(() => Int, { description: 'Virtual keys that LiteLLM has not confirmed yet.' })
  pendingKeys!: number;

  @Field(() => Int, { description: 'Provider keys on lease now.' })
  activeLeases!: number;

  @Field(() => Int, { description: 'Requests that wait for a provider key.' })
  waiting!: number;

  @Field(() => Int, { description: 'Runs under way.' })
  runsRunning!: number;

  @Field(() => Int, { description: 'Runs that failed within the last hour.' })
  runsFailedLastHour!: number;

  @Field(() => Int, { description: 'Chat sessions.' })
  chatSessions!: number;

  @Field(() => Position, { description: 'Up to here all views agree with the log.' })
  log!: bigint;

  @Field(() => [ProjectionStatus], { description: 'Every view and reactor.' })
  projections!: ProjectionStatus[];
}
