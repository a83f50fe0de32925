import { ArrayUnique, MaxLength } from 'class-validator';
import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { MutationInput } from '../../src/graphql/input';
import type { Scope } from '../access/scopes';
import { ScopeName } from '../access/types';
import { IsName, NAME_LENGTH } from '../text-rules';

@InputType({ description: 'The service client to make.' })
export class CreateServiceClientInput extends MutationInput {
  @Field(() => String, { description: 'What it is called, 1 to 100 characters.' })
  @IsName()
  name!: string;

  @Field(() => [ScopeName], { description: 'The most its keys may do: some of `grantableScopes`.' })
  @ArrayUnique()
  scopes!: Scope[];
}

@InputType({ description: 'What to change of a service client; what is omitted stays.' })
export class UpdateServiceClientInput extends MutationInput {
  @Field(() => ID, { description: 'Which one.' })
  clientId!: string;

  @Field(() => String, { nullable: true, description: 'What it is called from now on, 1 to 100 characters.' })
  @IsName()
  name?: string | null;

  @Field(() => [ScopeName], { nullable: true, description: 'The most its keys may do from now on; what is new must be in `grantableScopes`.' })
  @ArrayUnique()
  scopes?: Scope[] | null;
}

@InputType({ description: 'The service client to delete, with all its keys.' })
export class DeleteServiceClientInput extends MutationInput {
  @Field(() => ID, { description: 'Which one.' })
  clientId!: string;

  @Field(() => String, { description: 'Its name, typed once more.' })
  @MaxLength(NAME_LENGTH)
  confirmation!: string;
}

@InputType({ description: 'Which service clients to list.' })
export class ServiceClientFilter {
  @Field(() => String, { nullable: true, description: 'Text contained in the name.' })
  @MaxLength(200)
  search?: string | null;
}

export enum ServiceClientOrderField {
  CREATED_AT = 'created_at',
  NAME = 'name',
}
registerEnumType(ServiceClientOrderField, {
  name: 'ServiceClientOrderField',
  description: 'What service clients are ordered by.',
  valuesConfig: { CREATED_AT: { description: 'When it was made.' }, NAME: { description: 'What it is called.' } },
});

@InputType({ description: 'Order of a list of service clients.' })
export class ServiceClientOrder {
  @Field(() => ServiceClientOrderField, { description: 'What to order by.' })
  field!: ServiceClientOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}
