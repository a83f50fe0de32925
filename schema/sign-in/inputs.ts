import { IsEmail, MaxLength } from 'class-validator';
import { Field, InputType, registerEnumType } from 'type-graphql';
import { EMAIL_LENGTH, IsName, PASSWORD_LENGTH } from '../text-rules';

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
  @MaxLength(EMAIL_LENGTH)
  email!: string;

  @Field(() => String, { description: 'Password.' })
  @MaxLength(PASSWORD_LENGTH)
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
  @MaxLength(EMAIL_LENGTH)
  email!: string;

  @Field(() => String, { description: 'Name shown to others, 1 to 100 characters.' })
  @IsName()
  displayName!: string;

  @Field(() => String, { description: 'Password, 12 characters or more.' })
  @MaxLength(PASSWORD_LENGTH)
  password!: string;

  @Field(() => String, { nullable: true, description: 'Accepted for symmetry; an e-mail address has one account.' })
  idempotencyKey?: string | null;
}
