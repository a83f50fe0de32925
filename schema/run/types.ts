import { Field, Int, ObjectType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { Policy } from '../../src/graphql/policy';
import { DateTime } from '../../src/graphql/scalars';
import type { ErrorCode } from '../errors/catalogue';
import { errorCodes } from '../errors/types';
import { FailureCategory, Operation, RunKind, RunState, Scenario } from './enums';
import { RunStep, RunUsage } from './parts';

@ObjectType({ implements: Node, description: 'One piece of AI work, of any kind.' })
export class Run extends Node {
  /** Not shown by itself: the relation `requestedBy` uses it. */
  requestedById!: string;

  /** Not shown by itself: where in the log it last changed. */
  position!: bigint;

  /** Not shown by itself: whether the vendor is asked for the outcome without being told to; null for other kinds than generations. */
  autoPoll!: boolean | null;

  /** Not shown by itself: whether somebody wants its outcome looked for again. */
  watched!: boolean;

  @Field(() => RunKind, { description: 'What kind of work.' })
  kind!: RunKind;

  @Field(() => RunState, { description: 'How far it has come.' })
  state!: RunState;

  @Field(() => String, { description: 'Model that does it.' })
  model!: string;

  @Field(() => String, { description: 'Provider of the model.' })
  provider!: string;

  @Field(() => Boolean, { description: 'Whether the built-in simulation plays the provider.' })
  simulated!: boolean;

  @Field(() => Int, { nullable: true, description: 'Tokens the model read; null while running or when the provider did not say.' })
  promptTokens!: number | null;

  @Field(() => Int, { nullable: true, description: 'Tokens the model wrote; null while running or when the provider did not say.' })
  completionTokens!: number | null;

  @Field(() => String, { nullable: true, description: 'US dollars, a decimal; null when the price is not known.' })
  cost!: string | null;

  @Field(() => Int, { nullable: true, description: 'Milliseconds from the request to the end; null while running.' })
  durationMs!: number | null;

  @Field(() => String, { nullable: true, description: 'Why it failed, safe to show.' })
  failure!: string | null;

  @Field(() => errorCodes, { nullable: true, description: 'Code of the failure.' })
  failureCode!: ErrorCode | null;

  @Field(() => Int, { description: 'How often it was started, from 0; of a generation, which attempt it is, from 1.' })
  attempt!: number;

  @Field(() => Operation, { nullable: true, description: 'What a generation does; null for other kinds.' })
  operation!: Operation | null;

  @Field(() => String, { nullable: true, description: 'Key pool that serves it; null for other kinds.' })
  pool!: string | null;

  @Field(() => Scenario, { nullable: true, description: 'How the simulated vendor behaves; null when a real one does the work.' })
  scenario!: Scenario | null;

  @Field(() => String, {
    nullable: true,
    description: 'What was asked for, in one line of at most 500 characters; null for other kinds, and once it was erased.',
  })
  prompt!: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the provider key that serves it, once there is one.' })
  keyName!: string | null;

  @Field(() => String, { nullable: true, description: 'The vendor\'s id of the work, once it has taken it.' })
  jobId!: string | null;

  @Field(() => String, { nullable: true, description: 'How the vendor calls the state of the work.' })
  vendorStatus!: string | null;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the vendor\'s last answer; -1 when none came.' })
  httpStatus!: number | null;

  @Field(() => FailureCategory, { nullable: true, description: 'What kind of failure; null unless a generation failed.' })
  failureCategory!: FailureCategory | null;

  @Field(() => RunUsage, { nullable: true, description: 'What the vendor counted; null when it did not say.' })
  usage!: RunUsage | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;

  @Field(() => String, { description: 'Number of changes so far, from 0.' })
  revision!: string;
}

export const { Connection: RunConnection, Edge: RunEdge } = connectionOf(Run);
export const RunChange = changeOf(Run, 'RunChange');

@ObjectType({ description: 'One stage of a run on its way.' })
export class RunProgress {
  @Field(() => String, { description: 'Pass it as `after` to continue behind this item; the same for waiting stages, which are not kept.' })
  cursor!: string;

  @Field(() => RunStep, { description: 'The stage.' })
  step!: RunStep;

  @Field(() => Run, { description: 'The run as it is now.' })
  @Policy('runs:read')
  run!: Run;
}
