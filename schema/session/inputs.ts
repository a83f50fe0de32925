import { IsEmail, MaxLength, MinLength } from 'class-validator';
import { Field, InputType } from 'type-graphql';

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
  @MinLength(1)
  @MaxLength(100)
  displayName!: string;

  @Field(() => String, { description: 'Password, 12 characters or more.' })
  @MinLength(12)
  @MaxLength(1_024)
  password!: string;

  @Field(() => String, { description: 'Name of the organisation.' })
  @MinLength(1)
  @MaxLength(100)
  tenantName!: string;

  @Field(() => String, { nullable: true, description: 'Repeating the request with the same key has no second effect.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Proof of who the caller is.' })
export class SignInInput {
  @Field(() => String, { description: 'E-mail address.' })
  @MaxLength(254)
  email!: string;

  @Field(() => String, { description: 'Password.' })
  @MaxLength(1_024)
  password!: string;

  @Field(() => String, { nullable: true, description: 'Accepted for symmetry; signing in again is harmless.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Nothing but the wish to leave.' })
export class SignOutInput {
  @Field(() => String, { nullable: true, description: 'Accepted for symmetry; signing out again is harmless.' })
  idempotencyKey?: string | null;
}
