import { Field, ID, ObjectType } from 'type-graphql';
import { DateTime } from '../../src/graphql/scalars';

@ObjectType({ description: 'An account elsewhere with which somebody signs in.' })
export class Identity {
  @Field(() => ID, { description: 'Names it when it is unlinked.' })
  id!: string;

  @Field(() => String, { description: 'Where it is: `google`, or `oidc` for the OpenID Connect provider of this server.' })
  provider!: string;

  @Field(() => DateTime, { description: 'When it was linked.' })
  linkedAt!: Date;
}
