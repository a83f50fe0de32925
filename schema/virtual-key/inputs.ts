import { ArrayMaxSize, ArrayUnique, IsInt, Matches, MaxLength, Min, Max } from 'class-validator';
import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { MutationInput } from '../../src/graphql/input';
import { AreNames, IsName } from '../text-rules';
import { VirtualKeyState } from './types';

const MODELS = 100;
/** Largest count that fits the column and GraphQL's Int. */
const LARGEST = 2_147_483_647;
/** LiteLLM's spans. */
const SPAN = /^[1-9]\d{0,4}(s|m|h|d|w|mo)$/;
const SPAN_FORM = { message: '$property is a number and s, m, h, d, w or mo, for example 30d' };
const MONEY = /^\d{1,12}(\.\d{1,12})?$/;

@InputType({ description: 'The key to issue. A limit of null is none, 0 blocks.' })
export class IssueKeyInput extends MutationInput {
  @Field(() => ID, { description: 'The user it is for.' })
  ownerId!: string;

  @Field(() => String, { description: 'Name of the key, unique in the tenant whatever its letter case, 1 to 100 characters.' })
  @IsName()
  keyAlias!: string;

  @Field(() => [String], { description: 'Models it may use; an empty list is none.' })
  @ArrayMaxSize(MODELS)
  @ArrayUnique()
  @AreNames()
  models!: string[];

  @Field(() => String, { nullable: true, description: 'US dollars it may spend per `budgetDuration`, a decimal such as `25` or `0.5`.' })
  @Matches(MONEY, { message: '$property is a decimal number from 0, for example 25 or 0.5' })
  maxBudget?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Span after which its spending starts from zero: a number and `s`, `m`, `h`, `d`, `w` or `mo`.',
  })
  @Matches(SPAN, SPAN_FORM)
  budgetDuration?: string | null;

  @Field(() => Int, { nullable: true, description: 'Requests per minute.' })
  @IsInt() @Min(0) @Max(LARGEST)
  rpmLimit?: number | null;

  @Field(() => Int, { nullable: true, description: 'Tokens per minute.' })
  @IsInt() @Min(0) @Max(LARGEST)
  tpmLimit?: number | null;

  @Field(() => Int, { nullable: true, description: 'Requests at the same time.' })
  @IsInt() @Min(0) @Max(LARGEST)
  maxParallelRequests?: number | null;

  @Field(() => String, { nullable: true, description: 'How long it works: a number and `s`, `m`, `h`, `d`, `w` or `mo`.' })
  @Matches(SPAN, SPAN_FORM)
  duration?: string | null;
}

@InputType({ description: 'Which virtual keys to list; all that is given must hold.' })
export class VirtualKeyFilter {
  @Field(() => String, { nullable: true, description: 'Text contained in the alias, or the last four characters of the secret.' })
  @MaxLength(200)
  search?: string | null;

  @Field(() => ID, { nullable: true, description: 'The user they are for.' })
  ownerId?: string | null;

  @Field(() => [VirtualKeyState], { nullable: true, description: 'One of these states.' })
  state?: VirtualKeyState[] | null;
}

export enum VirtualKeyOrderField {
  CREATED_AT = 'created_at',
  KEY_ALIAS = 'key_alias',
}
registerEnumType(VirtualKeyOrderField, {
  name: 'VirtualKeyOrderField',
  description: 'What virtual keys are ordered by.',
  valuesConfig: { CREATED_AT: { description: 'When it was asked for.' }, KEY_ALIAS: { description: 'Its alias.' } },
});

@InputType({ description: 'Order of a list of virtual keys.' })
export class VirtualKeyOrder {
  @Field(() => VirtualKeyOrderField, { description: 'What to order by.' })
  field!: VirtualKeyOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}
