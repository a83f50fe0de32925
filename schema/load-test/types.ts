import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';

export enum LoadTestState {
  RUNNING = 'running',
  FINISHED = 'finished',
  FAILED = 'failed',
}
registerEnumType(LoadTestState, {
  name: 'LoadTestState',
  description: 'How far a load test has come.',
  valuesConfig: {
    RUNNING: { description: 'Its bursts are under way.' },
    FINISHED: { description: 'All bursts are over.' },
    FAILED: { description: 'It could not be carried out; `failure` says why.' },
  },
});

@ObjectType({ description: 'How many of a burst\'s leases were on one provider key.' })
export class KeyShare {
  @Field(() => String, { description: 'Name of the provider key.' })
  name!: string;

  @Field(() => Int, { description: 'Leases on it.' })
  grants!: number;
}

@ObjectType({ description: 'What one burst showed. Times are from asking for a lease to holding it, in milliseconds, over those that got one.' })
export class BurstResult {
  @Field(() => String, { description: 'The pool.' })
  provider!: string;

  @Field(() => Int, { description: 'Requests at once.' })
  burst!: number;

  @Field(() => Int, { description: 'Requests that got a lease.' })
  succeeded!: number;

  @Field(() => Int, { description: 'Requests that got none in time, or were refused.' })
  failed!: number;

  @Field(() => Float, { description: 'Share of the requests that got a lease, 0 to 1.' })
  successRate!: number;

  @Field(() => Float, { description: 'Mean.' })
  averageMs!: number;

  @Field(() => Float, { description: 'Half took no longer.' })
  p50Ms!: number;

  @Field(() => Float, { description: '95 of 100 took no longer.' })
  p95Ms!: number;

  @Field(() => Float, { description: '99 of 100 took no longer.' })
  p99Ms!: number;

  @Field(() => Float, { description: 'The longest.' })
  maxMs!: number;

  @Field(() => [KeyShare], { description: 'How the leases were spread over the keys, by name.' })
  keys!: KeyShare[];
}

@ObjectType({ implements: Node, description: 'Bursts of simultaneous requests for leases, and how long they took.' })
export class LoadTest extends Node {
  /** Not shown by itself: the relation `requestedBy` uses it. */
  requestedById!: string;

  /** Not shown by itself: where in the log it last changed. */
  position!: bigint;

  @Field(() => LoadTestState, { description: 'How far it has come.' })
  state!: LoadTestState;

  @Field(() => [String], { description: 'The pools that were asked.' })
  providers!: readonly string[];

  @Field(() => [Int], { description: 'Requests at once, burst by burst.' })
  bursts!: readonly number[];

  @Field(() => Int, { description: 'Each lease was held at least so long, in milliseconds.' })
  minHoldMs!: number;

  @Field(() => Int, { description: 'Each lease was held at most so long, in milliseconds.' })
  maxHoldMs!: number;

  @Field(() => [BurstResult], { description: 'What the bursts showed, in the order they were made; none while it runs.' })
  results!: BurstResult[];

  @Field(() => String, { nullable: true, description: 'Why it could not be carried out.' })
  failure!: string | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null while it runs.' })
  finishedAt!: Date | null;

  @Field(() => String, { description: 'Number of changes so far, from 0.' })
  revision!: string;
}

export const { Connection: LoadTestConnection, Edge: LoadTestEdge } = connectionOf(LoadTest);
export const LoadTestChange = changeOf(LoadTest, 'LoadTestChange');

@ObjectType({ implements: MutationPayload, description: 'Answer of `startLoadTest`.' })
export class StartLoadTestPayload extends MutationPayload {
  @Field(() => LoadTest, { nullable: true, description: 'The load test; follow it by `loadTestChanged`.' })
  loadTest!: LoadTest | null;
}
