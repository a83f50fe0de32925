import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';
import { Feature } from '../access/types';

export enum TenantState {
  ACTIVE = 'active',
  SUSPENDED = 'suspended',
}
registerEnumType(TenantState, {
  name: 'TenantState',
  description: 'Whether people of a tenant are let in.',
  valuesConfig: { ACTIVE: { description: 'They are.' }, SUSPENDED: { description: 'Nobody of it is, by no door.' } },
});

@ObjectType({ description: 'How a tenant looks; null is the product\'s own.' })
export class Branding {
  @Field(() => String, { nullable: true, description: 'Title at the top of every page.' })
  pageTitle!: string | null;

  @Field(() => String, { nullable: true, description: 'Title of the browser tab.' })
  browserTitle!: string | null;

  @Field(() => String, { nullable: true, description: 'Path of the logo on this server, shown to people of the tenant only.' })
  logoUrl!: string | null;
}

@ObjectType({ implements: Node, description: 'An organisation; everything belongs to one.' })
export class Tenant extends Node {
  @Field(() => String, { description: 'Name of the organisation.' })
  name!: string;

  @Field(() => String, { description: 'Its name in configuration files; never changes.' })
  slug!: string;

  @Field(() => TenantState, { description: 'Whether its people are let in.' })
  state!: TenantState;

  @Field(() => Boolean, { description: 'Whether it is the tenant whose owners run this server.' })
  isDefault!: boolean;

  @Field(() => Branding, { description: 'How it looks.' })
  branding!: Branding;

  @Field(() => [Feature], { description: 'Parts of the product that are switched on for everybody in it.' })
  features!: Feature[];

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;

  @Field(() => String, { description: 'Number of changes so far, from 0.' })
  revision!: string;
}

export const { Connection: TenantConnection } = connectionOf(Tenant);

@ObjectType({ implements: MutationPayload, description: 'Answer of `createTenant`.' })
export class CreateTenantPayload extends MutationPayload {
  @Field(() => Tenant, { nullable: true, description: 'The new tenant.' })
  tenant!: Tenant | null;

  @Field(() => String, { nullable: true, description: 'Link with which its owner chooses a password, shown this once; good for one hour.' })
  passwordLink!: string | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `renameTenant`.' })
export class RenameTenantPayload extends MutationPayload {
  @Field(() => Tenant, { nullable: true, description: 'The tenant with its new name.' })
  tenant!: Tenant | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `changeBranding`.' })
export class ChangeBrandingPayload extends MutationPayload {
  @Field(() => Tenant, { nullable: true, description: 'The tenant as it looks now.' })
  tenant!: Tenant | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `removeLogo`.' })
export class RemoveLogoPayload extends MutationPayload {
  @Field(() => Tenant, { nullable: true, description: 'The tenant without a logo.' })
  tenant!: Tenant | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `suspendTenant`.' })
export class SuspendTenantPayload extends MutationPayload {
  @Field(() => Tenant, { nullable: true, description: 'The tenant whose people are no longer let in.' })
  tenant!: Tenant | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `resumeTenant`.' })
export class ResumeTenantPayload extends MutationPayload {
  @Field(() => Tenant, { nullable: true, description: 'The tenant whose people are let in again.' })
  tenant!: Tenant | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `importTenant`.' })
export class ImportTenantPayload extends MutationPayload {
  @Field(() => Tenant, { nullable: true, description: 'The tenant as it is configured now; null for a dry run of one that is not there yet.' })
  tenant!: Tenant | null;

  @Field(() => [String], { nullable: true, description: 'What was changed, or would be, and what is left to do; empty when everything is so already.' })
  changes!: string[] | null;
}
