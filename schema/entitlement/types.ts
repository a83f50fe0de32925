import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { MutationPayload } from '../../src/graphql/payload';
import { Feature } from '../access/types';

export enum EntitlementSubject {
  TENANT = 'tenant',
  TIER = 'tier',
  USER = 'user',
}
registerEnumType(EntitlementSubject, {
  name: 'EntitlementSubject',
  description: 'To whom something is granted.',
  valuesConfig: {
    TENANT: { description: 'Everybody in the tenant.' },
    TIER: { description: 'Everybody of a tier.' },
    USER: { description: 'One user.' },
  },
});

@ObjectType({ description: 'What was set for a tenant, a tier or a user; null where nothing was set.' })
export class Entitlements {
  @Field(() => [String], { nullable: true, description: 'Models; `all-team-models` is every model.' })
  models!: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Services; `all-services` is every service.' })
  services!: string[] | null;

  @Field(() => [Feature], { nullable: true, description: 'Parts of the product.' })
  features!: Feature[] | null;
}

@ObjectType({
  description: 'What somebody has: all that their tenant, their tier or they themselves were granted. '
    + 'A tenant for which nothing is set has everything.',
})
export class EffectiveEntitlements {
  @Field(() => [String], { description: 'Models they may use; `all-team-models` is every model.' })
  models!: string[];

  @Field(() => [String], { description: 'Services they may use; `all-services` is every service.' })
  services!: string[];

  @Field(() => [Feature], { description: 'Parts of the product that are switched on for them.' })
  features!: Feature[];

  @Field(() => Entitlements, { description: 'What their tenant was granted.' })
  fromTenant!: Entitlements;

  @Field(() => Entitlements, { description: 'What their tier was granted.' })
  fromTier!: Entitlements;

  @Field(() => Entitlements, { description: 'What they themselves were granted.' })
  fromUser!: Entitlements;
}

@ObjectType({ description: 'What a tier was granted.' })
export class TierEntitlements {
  @Field(() => String, { description: 'Name of the tier.' })
  tier!: string;

  @Field(() => Entitlements, { description: 'What was set for it.' })
  entitlements!: Entitlements;
}

@ObjectType({ description: 'What a tenant and its tiers were granted.' })
export class TenantEntitlements {
  @Field(() => Entitlements, { description: 'What was set for everybody.' })
  tenant!: Entitlements;

  @Field(() => [TierEntitlements], { description: 'The tiers for which something was set, by name.' })
  tiers!: TierEntitlements[];
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `setEntitlements`.' })
export class SetEntitlementsPayload extends MutationPayload {
  @Field(() => Entitlements, { nullable: true, description: 'What is set for this tenant, tier or user now.' })
  entitlements!: Entitlements | null;

  @Field(() => EffectiveEntitlements, {
    nullable: true, description: 'What they have by it: the user, or anybody of the tier or tenant for whom nothing else is set.',
  })
  effective!: EffectiveEntitlements | null;
}
