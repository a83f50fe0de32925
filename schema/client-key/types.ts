import { createUnionType, Field, ObjectType, registerEnumType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';
import type { Scope } from '../access/scopes';
import { ScopeName } from '../access/types';
import { ServiceClient } from '../service-client/types';
import { User } from '../user/types';

export enum ClientKeyState {
  ACTIVE = 'active',
  EXPIRED = 'expired',
  REVOKED = 'revoked',
}
registerEnumType(ClientKeyState, {
  name: 'ClientKeyState',
  description: 'Whether a key still opens anything.',
  valuesConfig: {
    ACTIVE: { description: 'It does, as far as its owner may.' },
    EXPIRED: { description: 'Its time is over.' },
    REVOKED: { description: 'Somebody took it back.' },
  },
});

/** Whose keys there are. The name of the type travels with the object. */
export const ClientKeyOwner = createUnionType({
  name: 'ClientKeyOwner',
  description: 'Whose key it is.',
  types: () => [User, ServiceClient] as const,
  resolveType: (owner) => (owner as { __typename?: string }).__typename,
});

@ObjectType({ implements: Node, description: 'A key with which a program calls this API. The key itself is kept nowhere.' })
export class ClientKey extends Node {
  /** Not shown by themselves: the relation `owner` uses them. */
  ownerKind!: 'user' | 'service';
  ownerId!: string;

  /** Not shown by itself: where in the log it last changed. */
  position!: bigint;

  @Field(() => String, { description: 'What its owner calls it.' })
  name!: string;

  @Field(() => [ScopeName], { description: 'The most it gives; less when its owner has less by now.' })
  scopes!: readonly Scope[];

  @Field(() => String, { description: 'Last four characters of the key.' })
  lastFour!: string;

  @Field(() => ClientKeyState, { description: 'Whether it still opens anything.' })
  state!: ClientKeyState;

  @Field(() => DateTime, { description: 'When it stops working.' })
  expiresAt!: Date;

  @Field(() => DateTime, { description: 'When it was issued.' })
  createdAt!: Date;
}

export const { Connection: ClientKeyConnection, Edge: ClientKeyEdge } = connectionOf(ClientKey);
export const ClientKeyChange = changeOf(ClientKey, 'ClientKeyChange');

@ObjectType({ implements: MutationPayload, description: 'Answer of `issueClientKey`.' })
export class IssueClientKeyPayload extends MutationPayload {
  @Field(() => ClientKey, { nullable: true, description: 'The new key.' })
  clientKey!: ClientKey | null;

  @Field(() => String, { nullable: true, description: 'The key itself, shown this once; null when the same request is repeated.' })
  secret!: string | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `revokeClientKey`.' })
export class RevokeClientKeyPayload extends MutationPayload {
  @Field(() => ClientKey, { nullable: true, description: 'The key, which opens nothing any more.' })
  clientKey!: ClientKey | null;
}
