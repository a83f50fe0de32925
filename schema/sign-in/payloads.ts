import { Field, ObjectType } from 'type-graphql';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';
import { Viewer } from '../session/types';

@ObjectType({ implements: MutationPayload, description: 'Answer of `signIn`.' })
export class SignInPayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'Who is signed in now.' })
  viewer!: Viewer | null;

  @Field(() => String, { nullable: true, description: 'With answer TOKEN: what to send as `Authorization: Bearer`. Shown once.' })
  token!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the session ends at the latest.' })
  expiresAt!: Date | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `signUp`.' })
export class SignUpPayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'The new account, signed in.' })
  viewer!: Viewer | null;
}
