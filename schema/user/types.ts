import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';
import { UserError } from '../errors/types';

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
    AUDITOR: { description: 'Reads everything but the words of chats, writes nothing, sees no secrets.' },
    USER: { description: 'Uses what was given to them.' },
  },
});

export enum UserState {
  ACTIVE = 'active',
  DEACTIVATED = 'deactivated',
  DELETED = 'deleted',
}
registerEnumType(UserState, {
  name: 'UserState',
  description: 'Whether a user may sign in.',
  valuesConfig: {
    ACTIVE: { description: 'May sign in.' },
    DEACTIVATED: { description: 'May not, until reactivated.' },
    DELETED: { description: 'The account is gone, its history stays.' },
  },
});

@ObjectType({ implements: Node, description: 'A person who has an account.' })
export class User extends Node {
  /** Not shown by itself: relations and policies use it. */
  tenantId!: string;

  @Field(() => String, { nullable: true, description: 'E-mail address they sign in with; null once deleted or erased.' })
  email!: string | null;

  @Field(() => String, { description: 'Name shown to others.' })
  displayName!: string;

  @Field(() => Role, { description: 'What they may do.' })
  role!: Role;

  @Field(() => UserState, { description: 'Whether they may sign in.' })
  state!: UserState;

  @Field(() => String, { nullable: true, description: 'Group inside the tenant.' })
  organization!: string | null;

  @Field(() => String, { nullable: true, description: 'What operators want to remember about them; null also for callers who see only themselves.' })
  note!: string | null;

  @Field(() => String, { nullable: true, description: 'Address of their picture.' })
  picture!: string | null;

  @Field(() => String, { description: 'Name of the tier that grants them models and limits.' })
  tier!: string;

  /** What was set for them; undefined when nothing was. The field `dailyLimit` also knows the server's default. */
  ownDailyLimit!: number | null | undefined;

  @Field(() => Boolean, { description: 'Whether `dailyLimit` is that of everybody for whom nothing else was set.' })
  dailyLimitIsDefault!: boolean;

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

@ObjectType({ implements: MutationPayload, description: 'Answer of `updateUser`.' })
export class UpdateUserPayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'The user as they are now.' })
  user!: User | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `assignRole`.' })
export class AssignRolePayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'The user with the new role.' })
  user!: User | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `assignTier`.' })
export class AssignTierPayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'The user with the new tier.' })
  user!: User | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `setDailyLimit`.' })
export class SetDailyLimitPayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'The user with the new limit.' })
  user!: User | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `deactivateUser`.' })
export class DeactivateUserPayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'The user, who may no longer sign in.' })
  user!: User | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `reactivateUser`.' })
export class ReactivateUserPayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'The user, who may sign in again.' })
  user!: User | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `deleteUser`.' })
export class DeleteUserPayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'What is left of the user.' })
  user!: User | null;
}

@ObjectType({ description: 'What became of one of many.' })
export class UserResult {
  @Field(() => Int, { description: 'Place in the input, from 0.' })
  index!: number;

  /** Not shown by itself: the field `user` uses it. */
  userId!: string | undefined;

  @Field(() => [UserError], { description: 'Why nothing was done for this one; empty when it was done.' })
  errors!: UserError[];
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `createUsers`.' })
export class CreateUsersPayload extends MutationPayload {
  @Field(() => [UserResult], { nullable: true, description: 'What became of each, in the order of the input; null when nothing was done.' })
  results!: UserResult[] | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `updateUsers`.' })
export class UpdateUsersPayload extends MutationPayload {
  @Field(() => [UserResult], { nullable: true, description: 'What became of each, in the order of the input; null when nothing was done.' })
  results!: UserResult[] | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `deleteUsers`.' })
export class DeleteUsersPayload extends MutationPayload {
  @Field(() => [UserResult], { nullable: true, description: 'What became of each, in the order of the input; null when nothing was done.' })
  results!: UserResult[] | null;
}

export enum ImportOutcome {
  CREATE = 'create',
  UPDATE = 'update',
  UNCHANGED = 'unchanged',
  REFUSED = 'refused',
}
registerEnumType(ImportOutcome, {
  name: 'ImportOutcome',
  description: 'What became of a line of a file, or in a dry run would.',
  valuesConfig: {
    CREATE: { description: 'A new user.' },
    UPDATE: { description: 'A user who was there has changed.' },
    UNCHANGED: { description: 'A user who was there is so already.' },
    REFUSED: { description: 'Nothing, for the reasons in `errors`.' },
  },
});

@ObjectType({ description: 'One person of a file.' })
export class ImportedLine {
  @Field(() => Int, { description: 'Line of the file where it ends, from 1; the header is a line too.' })
  line!: number;

  @Field(() => ImportOutcome, { description: 'What became of it.' })
  outcome!: ImportOutcome;

  @Field(() => String, { nullable: true, description: 'E-mail address as the line says it.' })
  email!: string | null;

  @Field(() => [UserError], { description: 'Why it was refused; empty otherwise.' })
  errors!: UserError[];
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `importUsers`.' })
export class ImportUsersPayload extends MutationPayload {
  @Field(() => [ImportedLine], { nullable: true, description: 'What became of each line; null when the file could not be read.' })
  lines!: ImportedLine[] | null;

  @Field(() => Int, { nullable: true, description: 'How many users were made: none in a dry run.' })
  created!: number | null;

  @Field(() => Int, { nullable: true, description: 'How many users were changed: none in a dry run.' })
  updated!: number | null;
}

@ObjectType({ description: 'A part of a file of people.' })
export class UserExport {
  @Field(() => String, { description: 'Comma-separated text; only the first part has the line with the names of the columns.' })
  csv!: string;

  @Field(() => String, { nullable: true, description: 'Pass it as `after` for the next part; null when this was the last.' })
  cursor!: string | null;
}
