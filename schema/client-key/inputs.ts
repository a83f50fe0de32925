import { ArrayUnique, IsInt, Max, MaxLength, Min } from 'class-validator';
import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { MutationInput } from '../../src/graphql/input';
import type { Scope } from '../access/scopes';
import { ScopeName } from '../access/types';
import { IsName } from '../text-rules';
import { ClientKeyState } from './types';

/** Longest life of a key, and the usual one. */
export const MAX_DAYS = 365;

@InputType({ description: 'The key to issue.' })
export class IssueClientKeyInput extends MutationInput {
  @Field(() => ID, { nullable: true, description: 'The service client it is for; null for a key of your own.' })
  clientId?: string | null;

  @Field(() => String, { description: 'What to call it, 1 to 100 characters.' })
  @IsName()
  name!: string;

  @Field(() => [ScopeName], { nullable: true, description: 'What it gives: scopes of the client, or some of `ownScopes`; null is all.' })
  @ArrayUnique()
  scopes?: Scope[] | null;

  @Field(() => Int, { nullable: true, description: `Days until it stops working, 1 to ${MAX_DAYS}; ${MAX_DAYS} when nothing is said.` })
  @IsInt() @Min(1) @Max(MAX_DAYS)
  expiresInDays?: number | null;
}

@InputType({ description: 'The key to take back.' })
export class RevokeClientKeyInput extends MutationInput {
  @Field(() => ID, { description: 'Which one.' })
  keyId!: string;
}

@InputType({ description: 'Which client keys to list; all that is given must hold.' })
export class ClientKeyFilter {
  @Field(() => String, { nullable: true, description: 'Text contained in the name, or the last four characters of the key.' })
  @MaxLength(200)
  search?: string | null;

  @Field(() => [ClientKeyState], { nullable: true, description: 'One of these states.' })
  state?: ClientKeyState[] | null;

  @Field(() => ID, { nullable: true, description: 'The user or service client whose keys.' })
  ownerId?: string | null;
}

export enum ClientKeyOrderField {
  CREATED_AT = 'created_at',
  NAME = 'name',
  EXPIRES_AT = 'expires_at',
}
registerEnumType(ClientKeyOrderField, {
  name: 'ClientKeyOrderField',
  description: 'What client keys are ordered by.',
  valuesConfig: {
    CREATED_AT: { description: 'When it was issued.' },
    NAME: { description: 'What it is called.' },
    EXPIRES_AT: { description: 'When it stops working.' },
  },
});

@InputType({ description: 'Order of a list of client keys.' })
export class ClientKeyOrder {
  @Field(() => ClientKeyOrderField, { description: 'What to order by.' })
  field!: ClientKeyOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}
