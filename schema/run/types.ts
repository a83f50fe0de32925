import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { DateTime } from '../../src/graphql/scalars';
import type { ErrorCode } from '../errors/catalogue';
import { errorCodes } from '../errors/types';

export enum RunKind {
  CHAT = 'chat',
  IMAGE = 'image',
  VIDEO = 'video',
  CODE = 'code',
}
registerEnumType(RunKind, {
  name: 'RunKind',
  description: 'What kind of AI work a run is.',
  valuesConfig: {
    CHAT: { description: 'An answer in a chat.' },
    IMAGE: { description: 'An image.' },
    VIDEO: { description: 'A video.' },
    CODE: { description: 'Program code.' },
  },
});

export enum RunState {
  REQUESTED = 'requested',
  QUEUED = 'queued',
  LEASED = 'leased',
  SUBMITTED = 'submitted',
  POLLING = 'polling',
  SUCCEEDED = 'succeeded',
  FAILED = 'failed',
  TIMED_OUT = 'timed_out',
  CANCELLED = 'cancelled',
  REJECTED = 'rejected',
}
registerEnumType(RunState, {
  name: 'RunState',
  description: 'How far a run has come.',
  valuesConfig: {
    REQUESTED: { description: 'Asked for.' },
    QUEUED: { description: 'Waits for a provider key.' },
    LEASED: { description: 'Has a provider key.' },
    SUBMITTED: { description: 'The provider is at work.' },
    POLLING: { description: 'The provider is asked for the outcome from time to time.' },
    SUCCEEDED: { description: 'Done.' },
    FAILED: { description: 'Ended without a result; `failure` says why.' },
    TIMED_OUT: { description: 'The provider did not answer in time.' },
    CANCELLED: { description: 'Stopped by whoever asked for it.' },
    REJECTED: { description: 'A rule did not let it begin.' },
  },
});

@ObjectType({ implements: Node, description: 'One piece of AI work, of any kind.' })
export class Run extends Node {
  /** Not shown by itself: the relation `requestedBy` uses it. */
  requestedById!: string;

  /** Not shown by itself: where in the log it last changed. */
  position!: bigint;

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

  @Field(() => Int, { description: 'How often it was started, from 0.' })
  attempt!: number;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;

  @Field(() => String, { description: 'Number of changes so far, from 0.' })
  revision!: string;
}

export const { Connection: RunConnection, Edge: RunEdge } = connectionOf(Run);
export const RunChange = changeOf(Run, 'RunChange');
