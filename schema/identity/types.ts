import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';
import { Viewer } from '../session/types';

@ObjectType({ description: 'An account elsewhere with which somebody signs in.' })
export class Identity {
  @Field(() => ID, { description: 'Names it when it is unlinked.' })
  id!: string;

  @Field(() => String, { description: 'Where it is: `google`, or `oidc` for the OpenID Connect provider of this server.' })
  provider!: string;

  @Field(() => DateTime, { description: 'When it was linked.' })
  linkedAt!: Date;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `unlinkIdentity`.' })
export class UnlinkIdentityPayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'The caller, without it.' })
  viewer!: Viewer | null;
}
