import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';

export enum VirtualKeyState {
  PENDING = 'pending',
  ACTIVE = 'active',
  FAILED = 'failed',
}
registerEnumType(VirtualKeyState, {
  name: 'VirtualKeyState',
  description: 'How far a virtual key has come.',
  valuesConfig: {
    PENDING: { description: 'On its way to LiteLLM; `failure` says what the last try met.' },
    ACTIVE: { description: 'LiteLLM knows it: it can be used.' },
    FAILED: { description: 'Given up; `failure` says why. Its alias is free again.' },
  },
});

@ObjectType({ implements: Node, description: 'A key for AI models, handed to a user. It lives in LiteLLM.' })
export class VirtualKey extends Node {
  /** Not shown by itself: the relation `owner` uses it. */
  ownerId!: string;

  /** Not shown by itself: where in the log it last changed. */
  position!: bigint;

  @Field(() => String, { description: 'Name of the key, unique in the tenant.' })
  keyAlias!: string;

  @Field(() => String, { description: 'Last four characters of the secret.' })
  lastFour!: string;

  @Field(() => [String], { description: 'Models it may use; none when empty.' })
  models!: readonly string[];

  @Field(() => String, { nullable: true, description: 'US dollars it may spend per `budgetDuration`, a decimal; null is unlimited.' })
  maxBudget!: string | null;

  @Field(() => String, { nullable: true, description: 'Span after which its spending starts from zero, for example `30d`; null is never.' })
  budgetDuration!: string | null;

  @Field(() => Int, { nullable: true, description: 'Requests per minute; null is unlimited, 0 is blocked.' })
  rpmLimit!: number | null;

  @Field(() => Int, { nullable: true, description: 'Tokens per minute; null is unlimited, 0 is blocked.' })
  tpmLimit!: number | null;

  @Field(() => Int, { nullable: true, description: 'Requests at the same time; null is unlimited, 0 is blocked.' })
  maxParallelRequests!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When it stops working; null is never, or not known before it is active.' })
  expiresAt!: Date | null;

  @Field(() => VirtualKeyState, { description: 'How far it has come.' })
  state!: VirtualKeyState;

  @Field(() => String, { nullable: true, description: 'What the last try to bring it to LiteLLM met; null when all is well.' })
  failure!: string | null;

  @Field(() => Boolean, { description: 'Whether it lives in the built-in simulation instead of a real LiteLLM.' })
  simulated!: boolean;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;

  @Field(() => String, { description: 'Number of changes so far, from 0.' })
  revision!: string;
}

export const { Connection: VirtualKeyConnection, Edge: VirtualKeyEdge } = connectionOf(VirtualKey);
export const VirtualKeyChange = changeOf(VirtualKey, 'VirtualKeyChange');

@ObjectType({ implements: MutationPayload, description: 'Answer of `issueKey`.' })
export class IssueKeyPayload extends MutationPayload {
  @Field(() => VirtualKey, { nullable: true, description: 'The new key.' })
  virtualKey!: VirtualKey | null;

  @Field(() => String, { nullable: true, description: 'The secret, shown this once; null when the same request is repeated.' })
  secret!: string | null;
}
