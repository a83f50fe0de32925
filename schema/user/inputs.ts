import { IsEmail, MaxLength, MinLength } from 'class-validator';
import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { Role, UserState } from './types';

/** RFC 5321: the longest address a mail server accepts. */
const EMAIL_LENGTH = 254;
const NAME_LENGTH = 100;

@InputType({ description: 'Who the new user is.' })
export class CreateUserInput {
  @Field(() => String, { description: 'E-mail address to sign in with; unique.' })
  @IsEmail()
  @MaxLength(EMAIL_LENGTH)
  email!: string;

  @Field(() => String, { description: 'Name shown to others, 1 to 100 characters.' })
  @MinLength(1)
  @MaxLength(NAME_LENGTH)
  displayName!: string;

  @Field(() => Role, { description: 'What they may do. Only an owner makes an owner.' })
  role!: Role;

  @Field(() => String, { nullable: true, description: 'Password to sign in with; without one they cannot sign in yet.' })
  @MaxLength(1_024)
  password?: string | null;

  @Field(() => String, { nullable: true, description: 'Repeating the request with the same key has no second effect.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Whose role becomes what.' })
export class AssignRoleInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;

  @Field(() => Role, { description: 'The new role.' })
  role!: Role;

  @Field(() => String, { nullable: true, description: 'Repeating the request with the same key has no second effect.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Who may no longer sign in.' })
export class DeactivateUserInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;

  @Field(() => String, { nullable: true, description: 'Repeating the request with the same key has no second effect.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Which users to list; all that is given must hold.' })
export class UserFilter {
  @Field(() => String, { nullable: true, description: 'Text contained in name or e-mail address.' })
  @MaxLength(200)
  search?: string | null;

  @Field(() => [Role], { nullable: true, description: 'One of these roles.' })
  role?: Role[] | null;

  @Field(() => [UserState], { nullable: true, description: 'One of these states.' })
  state?: UserState[] | null;
}

export enum UserOrderField {
  CREATED_AT = 'created_at',
  DISPLAY_NAME = 'display_name',
}
registerEnumType(UserOrderField, {
  name: 'UserOrderField',
  description: 'What users are ordered by.',
  valuesConfig: { CREATED_AT: { description: 'When the account was made.' }, DISPLAY_NAME: { description: 'Name shown to others.' } },
});

@InputType({ description: 'Order of a list of users.' })
export class UserOrder {
  @Field(() => UserOrderField, { description: 'What to order by.' })
  field!: UserOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}
