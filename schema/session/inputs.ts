import { IsEmail, MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { MutationInput } from '../../src/graphql/input';
import { EMAIL_LENGTH, IsName, PASSWORD_LENGTH } from '../text-rules';

@InputType({ description: 'The first owner and their organisation.' })
export class SetUpInput extends MutationInput {
  @Field(() => String, { description: 'The token of the one-time link that the server printed.' })
  @MaxLength(200)
  token!: string;

  @Field(() => String, { description: 'E-mail address to sign in with.' })
  @IsEmail()
  @MaxLength(EMAIL_LENGTH)
  email!: string;

  @Field(() => String, { description: 'Name shown to others.' })
  @IsName()
  displayName!: string;

  @Field(() => String, { description: 'Password, 12 characters or more.' })
  @MaxLength(PASSWORD_LENGTH)
  password!: string;

  @Field(() => String, { description: 'Name of the organisation.' })
  @IsName()
  tenantName!: string;
}

@InputType({ description: 'Nothing but the wish to leave.' })
export class SignOutInput {
  @Field(() => String, { nullable: true, description: 'Accepted for symmetry; signing out again is harmless.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Which session to end.' })
export class RevokeSessionInput extends MutationInput {
  @Field(() => ID, { description: 'The session: one of the caller, or of somebody they manage.' })
  sessionId!: string;
}

@InputType({ description: 'All sessions of the caller but this one.' })
export class RevokeOtherSessionsInput extends MutationInput {}

@InputType({ description: 'Whose sessions to end.' })
export class RevokeUserSessionsInput extends MutationInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}
