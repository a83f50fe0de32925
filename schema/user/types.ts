import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';

export enum Role {
  OWNER = 'owner',
  ADMIN = 'admin',
  AUDITOR = 'auditor',
  USER = 'user',
}
registerEnumType(Role, {
  name: 'Role',
  description: 'What a user may do.',
  valuesConfig: {
    OWNER: { description: 'Everything, including making other owners.' },
    ADMIN: { description: 'Manages users, keys and pools.' },
    AUDITOR: { description: 'Reads everything, writes nothing, sees no secrets.' },
    USER: { description: 'Uses what was given to them.' },
  },
});

export enum UserState {
  ACTIVE = 'active',
  DEACTIVATED = 'deactivated',
}
registerEnumType(UserState, {
  name: 'UserState',
  description: 'Whether a user may sign in.',
  valuesConfig: { ACTIVE: { description: 'May sign in.' }, DEACTIVATED: { description: 'May not; history stays.' } },
});

@ObjectType({ implements: Node, description: 'A person who has an account.' })
export class User extends Node {
  /** Not shown by itself: relations and policies use it. */
  tenantId!: string;

  @Field(() => String, { nullable: true, description: 'E-mail address they sign in with; null once erased.' })
  email!: string | null;

  @Field(() => String, { description: 'Name shown to others.' })
  displayName!: string;

  @Field(() => Role, { description: 'What they may do.' })
  role!: Role;

  @Field(() => UserState, { description: 'Whether they may sign in.' })
  state!: UserState;

  @Field(() => DateTime, { description: 'When the account was made.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;

  @Field(() => String, { description: 'Number of changes so far, from 0.' })
  revision!: string;
}

export const { Connection: UserConnection, Edge: UserEdge } = connectionOf(User);
export const UserChange = changeOf(User, 'UserChange');

@ObjectType({ implements: MutationPayload, description: 'Answer of `createUser`.' })
export class CreateUserPayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'The new user.' })
  user!: User | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `assignRole`.' })
export class AssignRolePayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'The user with the new role.' })
  user!: User | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `deactivateUser`.' })
export class DeactivateUserPayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'The user, who may no longer sign in.' })
  user!: User | null;
}
