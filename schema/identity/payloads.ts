import { Field, ObjectType } from 'type-graphql';
import { MutationPayload } from '../../src/graphql/payload';
import { Viewer } from '../session/types';

@ObjectType({ implements: MutationPayload, description: 'Answer of `unlinkIdentity`.' })
export class UnlinkIdentityPayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'The caller, without it.' })
  viewer!: Viewer | null;
}
