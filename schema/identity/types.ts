import { Field, ID, ObjectType } from 'type-graphql';
import { DateTime } from '../../src/graphql/scalars';

@ObjectType({ description: 'An account elsewhere with which somebody signs in.' })
export class Identity {
  @Field(() => ID, { description: 'Names it when it is unlinked.' })
  id!: string;

  @Field(() => String, { description: 'Where it is: `google`, `oidc` for the OpenID Connect provider of this server, or `nextauth` for a front end whose tokens it takes.' })
  provider!: string;

  @Field(() => DateTime, { description: 'When it was linked.' })
  linkedAt!: Date;
}
