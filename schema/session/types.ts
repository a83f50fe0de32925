import { Field, ObjectType } from 'type-graphql';
import { MutationPayload } from '../../src/graphql/payload';
import { Tenant } from '../tenant/types';
import { Role, User } from '../user/types';

@ObjectType({ description: 'The caller, as their session proves it.' })
export class Viewer {
  @Field(() => User, { description: 'The account that is signed in.' })
  user!: User;

  @Field(() => Tenant, { description: 'The organisation it belongs to.' })
  tenant!: Tenant;

  @Field(() => Role, { description: 'What the caller may do.' })
  role!: Role;
}

@ObjectType({ description: 'What a visitor may know about this server.' })
export class SetupState {
  @Field(() => Boolean, { description: 'Whether the first owner is still to be made by the set-up link.' })
  needed!: boolean;

  @Field(() => Boolean, { description: 'Whether a built-in simulation plays LiteLLM.' })
  simulatedLiteLlm!: boolean;

  @Field(() => Boolean, { description: 'Whether a built-in simulation answers chats.' })
  simulatedLlm!: boolean;

  @Field(() => String, { description: 'Version of the product.' })
  version!: string;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `setUp`.' })
export class SetUpPayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'The first owner, signed in.' })
  viewer!: Viewer | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `signIn`.' })
export class SignInPayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'Who is signed in now.' })
  viewer!: Viewer | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `signOut`.' })
export class SignOutPayload extends MutationPayload {}
