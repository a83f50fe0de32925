import {
  ArrayMaxSize, ArrayMinSize, ArrayUnique, IsEmail, IsInt, Max, MaxLength, Min, ValidateNested,
} from 'class-validator';
import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { MutationInput } from '../../src/graphql/input';
import { EMAIL_LENGTH, IsName, IsPictureUrl, IsPrintable, IsTier, NAME_LENGTH, ONCE, PASSWORD_LENGTH } from '../text-rules';
import { Role, UserState } from './types';

const NOTE_LENGTH = 2_000;
const AT_ONCE = 100;
/** What of the body of a request is left for a file. */
const FILE_LENGTH = 90_000;

@InputType({ description: 'Who a new user is.' })
export class NewUserInput {
  @Field(() => String, { description: 'E-mail address to sign in with; unique.' })
  @IsEmail()
  @MaxLength(EMAIL_LENGTH)
  email!: string;

  @Field(() => String, { description: 'Name shown to others, 1 to 100 characters.' })
  @IsName()
  displayName!: string;

  @Field(() => Role, { description: 'What they may do: a role that you manage. Only an owner makes owners and admins.' })
  role!: Role;

  @Field(() => String, { nullable: true, description: 'Group inside the tenant, for example a class, up to 100 characters.' })
  @MaxLength(NAME_LENGTH)
  @IsPrintable()
  organization?: string | null;

  @Field(() => String, { nullable: true, description: 'What operators want to remember about them, up to 2,000 characters.' })
  @MaxLength(NOTE_LENGTH)
  note?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the tier that grants them models and limits; `free` when nothing is said.' })
  @IsTier()
  tier?: string | null;

  @Field(() => String, { nullable: true, description: 'Password to sign in with; without one they cannot sign in by password yet.' })
  @MaxLength(PASSWORD_LENGTH)
  password?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Instead of a password, its hash from another system: `pbkdf2_sha256$iterations$salt$hash`, salt and hash as base64url.',
  })
  @MaxLength(300)
  passwordHash?: string | null;
}

@InputType({ description: 'Who the new user is.' })
export class CreateUserInput extends NewUserInput {
  @Field(() => String, { nullable: true, description: ONCE })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Who the new users are: all of them are made, or none when one of them cannot be.' })
export class CreateUsersInput extends MutationInput {
  @Field(() => [NewUserInput], { description: '1 to 100 users.' })
  @ArrayMinSize(1)
  @ArrayMaxSize(AT_ONCE)
  @ValidateNested({ each: true })
  users!: NewUserInput[];
}

/** Names one user; each mutation has an input of its own name. */
@InputType()
class UserInput extends MutationInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@InputType({ description: 'What becomes of a user; what is omitted stays.' })
export class UpdateUserInput extends UserInput {
  @Field(() => String, { nullable: true, description: 'Name shown to others, 1 to 100 characters. It cannot be cleared.' })
  @IsName()
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'Group inside the tenant; null clears.' })
  @MaxLength(NAME_LENGTH)
  @IsPrintable()
  organization?: string | null;

  @Field(() => String, { nullable: true, description: 'What operators want to remember about them; null clears.' })
  @MaxLength(NOTE_LENGTH)
  note?: string | null;

  @Field(() => String, { nullable: true, description: 'Address of a picture, `https://` only; null clears.' })
  @IsPictureUrl()
  picture?: string | null;
}

@InputType({ description: 'What becomes of several users; what is omitted stays.' })
export class UpdateUsersInput extends MutationInput {
  @Field(() => [ID], { description: '1 to 100 users, each once. When one is not known, nothing is changed.' })
  @ArrayMinSize(1)
  @ArrayMaxSize(AT_ONCE)
  @ArrayUnique()
  userIds!: string[];

  @Field(() => String, { nullable: true, description: 'Group inside the tenant; null clears.' })
  @MaxLength(NAME_LENGTH)
  @IsPrintable()
  organization?: string | null;

  @Field(() => String, { nullable: true, description: 'What operators want to remember about them; null clears.' })
  @MaxLength(NOTE_LENGTH)
  note?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of their tier.' })
  @IsTier()
  tier?: string | null;

  @Field(() => Role, { nullable: true, description: 'What they may do: a role that you manage.' })
  role?: Role | null;
}

@InputType({ description: 'Whose role becomes what.' })
export class AssignRoleInput extends UserInput {
  @Field(() => Role, { description: 'The new role: one that you manage.' })
  role!: Role;
}

@InputType({ description: 'Whose tier becomes what.' })
export class AssignTierInput extends UserInput {
  @Field(() => String, { description: 'Name of the tier.' })
  @IsTier()
  tier!: string;
}

@InputType({ description: 'How many requests a day somebody has.' })
export class SetDailyLimitInput extends UserInput {
  @Field(() => Int, { nullable: true, description: 'Requests a day, 0 to 10,000; 0 blocks, null is unlimited.' })
  @IsInt() @Min(0) @Max(10_000)
  requests?: number | null;
}

@InputType({ description: 'Who may no longer sign in.' })
export class DeactivateUserInput extends UserInput {}

@InputType({ description: 'Who may sign in again.' })
export class ReactivateUserInput extends UserInput {}

@InputType({ description: 'Whose account is deleted.' })
export class DeleteUserInput extends UserInput {
  @Field(() => String, { description: 'The e-mail address of the user, typed to confirm.' })
  @MaxLength(EMAIL_LENGTH)
  confirmation!: string;
}

@InputType({ description: 'Whose accounts are deleted.' })
export class DeleteUsersInput extends MutationInput {
  @Field(() => [ID], { description: '1 to 100 users, each once. When one is not known, nobody is deleted.' })
  @ArrayMinSize(1)
  @ArrayMaxSize(AT_ONCE)
  @ArrayUnique()
  userIds!: string[];

  @Field(() => String, { description: '`delete N users`, with their number, typed to confirm.' })
  @MaxLength(NAME_LENGTH)
  confirmation!: string;
}

@InputType({ description: 'A file of people.' })
export class ImportUsersInput extends MutationInput {
  @Field(() => String, {
    description: 'Comma-separated text. Its first line names the columns, in any order: email, displayName, role, organization, note, tier, '
      + 'password, passwordHash. At most 500 lines of people and 90,000 characters: a request has at most 100,000 bytes. Whoever is there already is changed to what the file says; an empty cell keeps.',
  })
  @MaxLength(FILE_LENGTH)
  csv!: string;

  @Field(() => Boolean, { description: 'Only say what would become of each line.' })
  dryRun!: boolean;
}

@InputType({ description: 'Which users to list; all that is given must hold.' })
export class UserFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Words contained in name, e-mail address or organisation. `@user:`, `@org:`, `@model:` and `@info:` in front of a word look '
      + 'in the name and address, the organisation, the models they may use, and the note only. All of it must hold; quotes keep words together.',
  })
  @MaxLength(200)
  search?: string | null;

  @Field(() => [Role], { nullable: true, description: 'One of these roles.' })
  role?: Role[] | null;

  @Field(() => [UserState], { nullable: true, description: 'One of these states; when nothing is said, all but the deleted.' })
  state?: UserState[] | null;

  @Field(() => [String], { nullable: true, description: 'In one of these organisations, named in full; an empty text for those of none.' })
  @MaxLength(NAME_LENGTH, { each: true })
  organization?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'In one of these tiers.' })
  @MaxLength(NAME_LENGTH, { each: true })
  tier?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'May use one of these models.' })
  @MaxLength(NAME_LENGTH, { each: true })
  model?: string[] | null;
}

export enum UserOrderField {
  CREATED_AT = 'created_at',
  DISPLAY_NAME = 'display_name',
  ORGANIZATION = 'organization_order',
}
registerEnumType(UserOrderField, {
  name: 'UserOrderField',
  description: 'What users are ordered by.',
  valuesConfig: {
    CREATED_AT: { description: 'When the account was made.' },
    DISPLAY_NAME: { description: 'Name shown to others.' },
    ORGANIZATION: { description: 'Group inside the tenant; those of none come first.' },
  },
});

@InputType({ description: 'Order of a list of users.' })
export class UserOrder {
  @Field(() => UserOrderField, { description: 'What to order by.' })
  field!: UserOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}
