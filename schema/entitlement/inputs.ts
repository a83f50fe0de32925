import { ArrayMaxSize, ArrayUnique } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { MutationInput } from '../../src/graphql/input';
import { Feature } from '../access/types';
import { AreNames, IsTier } from '../text-rules';
import { EntitlementSubject } from './types';

const NAMES = 100;

@InputType({
  description: 'What to grant, and to whom. A list replaces what was set: omitted keeps it, an empty one grants nothing, null takes it back.',
})
export class SetEntitlementsInput extends MutationInput {
  @Field(() => EntitlementSubject, { description: 'To whom: your tenant, a tier of it, or one user.' })
  subjectKind!: EntitlementSubject;

  @Field(() => ID, { nullable: true, description: 'The user, with `USER` only.' })
  userId?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the tier, with `TIER` only.' })
  @IsTier()
  tier?: string | null;

  @Field(() => [String], { nullable: true, description: 'Models; `all-team-models` alone is every model.' })
  @ArrayMaxSize(NAMES)
  @ArrayUnique()
  @AreNames()
  models?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Services; `all-services` alone is every service.' })
  @ArrayMaxSize(NAMES)
  @ArrayUnique()
  @AreNames()
  services?: string[] | null;

  @Field(() => [Feature], { nullable: true, description: 'Parts of the product.' })
  @ArrayUnique()
  features?: Feature[] | null;
}
