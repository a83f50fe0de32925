import { Field, ObjectType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';
import type { Scope } from '../access/scopes';
import { ScopeName } from '../access/types';

@ObjectType({ description: 'A right and what it is for.' })
export class ScopeInfo {
  @Field(() => ScopeName, { description: 'The right.' })
  scope!: Scope;

  @Field(() => String, { description: 'What it allows.' })
  about!: string;
}

@ObjectType({ implements: Node, description: 'A program that calls this API with keys of its own, for the whole tenant and not for a person.' })
export class ServiceClient extends Node {
  /** Not shown by itself: where in the log it last changed. */
  position!: bigint;

  @Field(() => String, { description: 'What it is called.' })
  name!: string;

  @Field(() => [ScopeName], { description: 'The most its keys may do.' })
  scopes!: readonly Scope[];

  @Field(() => Boolean, { description: 'Whether it was deleted: its keys open nothing, its history stays. Lists leave it out.' })
  deleted!: boolean;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;

  @Field(() => String, { description: 'Number of changes so far, from 0.' })
  revision!: string;
}

export const { Connection: ServiceClientConnection, Edge: ServiceClientEdge } = connectionOf(ServiceClient);
export const ServiceClientChange = changeOf(ServiceClient, 'ServiceClientChange');

@ObjectType({ implements: MutationPayload, description: 'Answer of `createServiceClient`.' })
export class CreateServiceClientPayload extends MutationPayload {
  @Field(() => ServiceClient, { nullable: true, description: 'The new service client, as yet without a key.' })
  serviceClient!: ServiceClient | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `updateServiceClient`.' })
export class UpdateServiceClientPayload extends MutationPayload {
  @Field(() => ServiceClient, { nullable: true, description: 'The service client as it is now.' })
  serviceClient!: ServiceClient | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `deleteServiceClient`.' })
export class DeleteServiceClientPayload extends MutationPayload {
  @Field(() => ServiceClient, { nullable: true, description: 'The service client that is no more.' })
  serviceClient!: ServiceClient | null;
}
