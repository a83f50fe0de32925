import { Field, ObjectType } from 'type-graphql';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';
import { Viewer } from '../session/types';
import { User } from '../user/types';
import { Usage } from './types';

@ObjectType({ implements: MutationPayload, description: 'Answer of `resetPassword`.' })
export class ResetPasswordPayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'Whose password it is, signed in.' })
  viewer!: Viewer | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `changePassword`.' })
export class ChangePasswordPayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'The caller, whose other sessions are over.' })
  viewer!: Viewer | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `updateProfile`.' })
export class UpdateProfilePayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'The caller with the new profile.' })
  viewer!: Viewer | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `setPreferences`.' })
export class SetPreferencesPayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'The caller with the new preferences.' })
  viewer!: Viewer | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `countRequest`.' })
export class CountRequestPayload extends MutationPayload {
  @Field(() => Usage, { nullable: true, description: 'The counts with this request.' })
  usage!: Usage | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `setUserPassword`.' })
export class SetUserPasswordPayload extends MutationPayload {
  @Field(() => User, { nullable: true, description: 'Whose password it is.' })
  user!: User | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `createPasswordLink`.' })
export class CreatePasswordLinkPayload extends MutationPayload {
  @Field(() => String, { nullable: true, description: 'The link to hand over, shown once. Whoever opens it chooses the password.' })
  url!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it stops working, used or not.' })
  expiresAt!: Date | null;

  @Field(() => User, { nullable: true, description: 'For whom it is.' })
  user!: User | null;
}
