import { MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { MutationInput } from '../../src/graphql/input';
import { IsName, IsPictureUrl, PASSWORD_LENGTH } from '../text-rules';
import { CodeOutputStructure, ExplanationStyle, PythonSkillLevel } from './types';

@InputType({ description: 'A link for choosing a password, and the choice.' })
export class ResetPasswordInput {
  @Field(() => String, { description: 'The token of the link.' })
  @MaxLength(200)
  token!: string;

  @Field(() => String, { description: 'The new password, 12 characters or more.' })
  @MaxLength(PASSWORD_LENGTH)
  password!: string;

  @Field(() => String, { nullable: true, description: 'Accepted for symmetry; a link works once.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'The password of the caller, old and new.' })
export class ChangePasswordInput extends MutationInput {
  @Field(() => String, { description: 'The password that holds now.' })
  @MaxLength(PASSWORD_LENGTH)
  oldPassword!: string;

  @Field(() => String, { description: 'The new one, 12 characters or more.' })
  @MaxLength(PASSWORD_LENGTH)
  newPassword!: string;
}

@InputType({ description: 'How the caller is shown to others. What is omitted stays.' })
export class UpdateProfileInput extends MutationInput {
  @Field(() => String, { nullable: true, description: 'Name shown to others, 1 to 100 characters.' })
  @IsName()
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'Address of a picture, https; null removes it.' })
  @IsPictureUrl()
  picture?: string | null;
}

@InputType({ description: 'How the caller likes their code and explanations. What is omitted stays.' })
export class SetPreferencesInput extends MutationInput {
  @Field(() => PythonSkillLevel, { nullable: true, description: 'How much Python they know.' })
  pythonSkillLevel?: PythonSkillLevel | null;

  @Field(() => CodeOutputStructure, { nullable: true, description: 'How much stands around the code.' })
  codeOutputStructure?: CodeOutputStructure | null;

  @Field(() => ExplanationStyle, { nullable: true, description: 'How things are explained.' })
  explanationStyle?: ExplanationStyle | null;
}

@InputType({ description: 'Nothing: one request of the caller.' })
export class CountRequestInput {
  @Field(() => String, { nullable: true, description: 'The same key is counted once.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Whose password becomes what.' })
export class SetUserPasswordInput extends MutationInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;

  @Field(() => String, { description: 'The new password, 12 characters or more.' })
  @MaxLength(PASSWORD_LENGTH)
  password!: string;
}

@InputType({ description: 'Who is to choose a password.' })
export class CreatePasswordLinkInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;

  @Field(() => String, { nullable: true, description: 'The same key makes no second link; the link is not shown again.' })
  idempotencyKey?: string | null;
}
