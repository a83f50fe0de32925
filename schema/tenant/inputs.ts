import { ArrayUnique, IsEmail, Matches, MaxLength, ValidateNested } from 'class-validator';
import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { MutationInput } from '../../src/graphql/input';
import { JSONValue } from '../../src/graphql/scalars';
import { Feature } from '../access/types';
import { EMAIL_LENGTH, IsName, NAME_LENGTH } from '../text-rules';
import { SLUG } from './configuration';
import { TenantState } from './types';

@InputType({ description: 'The first owner of a tenant.' })
export class NewOwnerInput {
  @Field(() => String, { description: 'E-mail address to sign in with; unique over all tenants.' })
  @IsEmail()
  @MaxLength(EMAIL_LENGTH)
  email!: string;

  @Field(() => String, { description: 'Name shown to others, 1 to 100 characters.' })
  @IsName()
  displayName!: string;
}

@InputType({ description: 'A tenant and its first owner. One that is there without an owner, from a file, gets its owner so.' })
export class CreateTenantInput extends MutationInput {
  @Field(() => String, { description: 'Its name in configuration files: 2 to 40 of a-z, 0-9, _ and -; never changes.' })
  @Matches(SLUG, { message: '$property has 2 to 40 characters: a-z, 0-9, _ and -' })
  slug!: string;

  @Field(() => String, { description: 'Name of the organisation, 1 to 100 characters.' })
  @IsName()
  name!: string;

  @Field(() => [Feature], { nullable: true, description: 'Parts of the product to switch on; all when nothing is said.' })
  @ArrayUnique()
  features?: Feature[] | null;

  @Field(() => NewOwnerInput, { description: 'Who runs it.' })
  @ValidateNested()
  owner!: NewOwnerInput;
}

@InputType({ description: 'The new name of your tenant.' })
export class RenameTenantInput extends MutationInput {
  @Field(() => String, { description: 'Name of the organisation, 1 to 100 characters.' })
  @IsName()
  name!: string;
}

@InputType({ description: 'How your tenant looks; what is omitted stays, null takes it away.' })
export class ChangeBrandingInput extends MutationInput {
  @Field(() => String, { nullable: true, description: 'Title at the top of every page, at most 100 characters.' })
  @IsName()
  pageTitle?: string | null;

  @Field(() => String, { nullable: true, description: 'Title of the browser tab, at most 100 characters.' })
  @IsName()
  browserTitle?: string | null;
}

@InputType({ description: 'Nothing to say: your tenant loses its logo.' })
export class RemoveLogoInput extends MutationInput {}

@InputType({ description: 'Which tenant is to be closed to its people.' })
export class SuspendTenantInput extends MutationInput {
  @Field(() => ID, { description: 'The tenant.' })
  tenantId!: string;

  @Field(() => String, { description: 'Its slug, typed again.' })
  @MaxLength(NAME_LENGTH)
  confirmation!: string;
}

@InputType({ description: 'Which tenant is to be open to its people again.' })
export class ResumeTenantInput extends MutationInput {
  @Field(() => ID, { description: 'The tenant.' })
  tenantId!: string;
}

@InputType({ description: 'A tenant as configuration files describe it.' })
export class ImportTenantInput extends MutationInput {
  @Field(() => JSONValue, { description: 'What `tenantConfiguration` answers: the shape of a file in the folder of tenants.' })
  configuration!: unknown;

  @Field(() => Boolean, { description: 'True only says what would be changed.' })
  dryRun!: boolean;
}

@InputType({ description: 'Which tenants to list; all that is given must hold.' })
export class TenantFilter {
  @Field(() => String, { nullable: true, description: 'Text contained in name or slug.' })
  @MaxLength(200)
  search?: string | null;

  @Field(() => [TenantState], { nullable: true, description: 'One of these states.' })
  state?: TenantState[] | null;
}

export enum TenantOrderField {
  CREATED_AT = 'created_at',
  NAME = 'name',
  SLUG = 'slug',
}
registerEnumType(TenantOrderField, {
  name: 'TenantOrderField',
  description: 'What tenants are ordered by.',
  valuesConfig: {
    CREATED_AT: { description: 'When it was made.' }, NAME: { description: 'Name of the organisation.' }, SLUG: { description: 'Its slug.' },
  },
});

@InputType({ description: 'Order of a list of tenants.' })
export class TenantOrder {
  @Field(() => TenantOrderField, { description: 'What to order by.' })
  field!: TenantOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}
