import { ArrayMaxSize, ArrayUnique, Length, Matches, MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { Feature } from '../access/types';
import { EntitlementSubject } from './types';

const NAME_LENGTH = 100;
const NAMES = 100;
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;
const PRINTABLE_FORM = { message: '$property has only printable characters', each: true };

@InputType({
  description: 'What to grant, and to whom. A list replaces what was set: omitted keeps it, an empty one grants nothing, null takes it back.',
})
export class SetEntitlementsInput {
  @Field(() => EntitlementSubject, { description: 'To whom: your tenant, a tier of it, or one user.' })
  subjectKind!: EntitlementSubject;

  @Field(() => ID, { nullable: true, description: 'The user, with `USER` only.' })
  userId?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the tier, with `TIER` only.' })
  @MaxLength(NAME_LENGTH)
  tier?: string | null;

  @Field(() => [String], { nullable: true, description: 'Models; `all-team-models` alone is every model.' })
  @ArrayMaxSize(NAMES)
  @ArrayUnique()
  @Length(1, NAME_LENGTH, { each: true })
  @Matches(PRINTABLE, PRINTABLE_FORM)
  models?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Services; `all-services` alone is every service.' })
  @ArrayMaxSize(NAMES)
  @ArrayUnique()
  @Length(1, NAME_LENGTH, { each: true })
  @Matches(PRINTABLE, PRINTABLE_FORM)
  services?: string[] | null;

  @Field(() => [Feature], { nullable: true, description: 'Parts of the product.' })
  @ArrayUnique()
  features?: Feature[] | null;

  @Field(() => String, { nullable: true, description: 'Repeating the request with the same key has no second effect.' })
  idempotencyKey?: string | null;
}
