import { IsEmail, MaxLength, MinLength } from 'class-validator';
import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import { IsDisplayName } from '../account/display-name';

@InputType({ description: 'The first owner and their organisation.' })
export class SetUpInput {
  @Field(() => String, { description: 'The token of the one-time link that the server printed.' })
  @MaxLength(200)
  token!: string;

  @Field(() => String, { description: 'E-mail address to sign in with.' })
  @IsEmail()
  @MaxLength(254)
  email!: string;

  @Field(() => String, { description: 'Name shown to others.' })
  @IsDisplayName()
  displayName!: string;

  @Field(() => String, { description: 'Password, 12 characters or more.' })
  @MaxLength(1_024)
  password!: string;

  @Field(() => String, { description: 'Name of the organisation.' })
  @MinLength(1)
  @MaxLength(100)
  tenantName!: string;

  @Field(() => String, { nullable: true, description: 'Repeating the request with the same key has no second effect.' })
  idempotencyKey?: string | null;
}

export enum SignInAnswer {
  COOKIE = 'cookie',
  TOKEN = 'token',
}
registerEnumType(SignInAnswer, {
  name: 'SignInAnswer',
  description: 'How a new session is handed over.',
  valuesConfig: {
    COOKIE: { description: 'As a cookie of this browser.' },
    TOKEN: { description: 'In the answer, for `Authorization: Bearer`; no cookie is set.' },
  },
});

@InputType({ description: 'Proof of who the caller is.' })
export class SignInInput {
  @Field(() => String, { description: 'E-mail address.' })
  @MaxLength(254)
  email!: string;

  @Field(() => String, { description: 'Password.' })
  @MaxLength(1_024)
  password!: string;

  @Field(() => SignInAnswer, { nullable: true, defaultValue: SignInAnswer.COOKIE, description: 'How the session is handed over.' })
  answer?: SignInAnswer | null;

  @Field(() => String, { nullable: true, description: 'Accepted for symmetry; signing in again is harmless.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Who wants an account.' })
export class SignUpInput {
  @Field(() => String, { description: 'E-mail address to sign in with; unique.' })
  @IsEmail()
  @MaxLength(254)
  email!: string;

  @Field(() => String, { description: 'Name shown to others, 1 to 100 characters.' })
  @IsDisplayName()
  displayName!: string;

  @Field(() => String, { description: 'Password, 12 characters or more.' })
  @MaxLength(1_024)
  password!: string;

  @Field(() => String, { nullable: true, description: 'Accepted for symmetry; an e-mail address has one account.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Nothing but the wish to leave.' })
export class SignOutInput {
  @Field(() => String, { nullable: true, description: 'Accepted for symmetry; signing out again is harmless.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Which session to end.' })
export class RevokeSessionInput {
  @Field(() => ID, { description: 'The session: one of the caller, or of somebody they manage.' })
  sessionId!: string;

  @Field(() => String, { nullable: true, description: 'Repeating the request with the same key has no second effect.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'All sessions of the caller but this one.' })
export class RevokeOtherSessionsInput {
  @Field(() => String, { nullable: true, description: 'Repeating the request with the same key has no second effect.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Whose sessions to end.' })
export class RevokeUserSessionsInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;

  @Field(() => String, { nullable: true, description: 'Repeating the request with the same key has no second effect.' })
  idempotencyKey?: string | null;
}
