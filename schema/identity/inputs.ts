import { MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { MutationInput } from '../../src/graphql/input';

@InputType({ description: 'Which account elsewhere is no longer a way in.' })
export class UnlinkIdentityInput extends MutationInput {
  @Field(() => ID, { description: 'One of the caller\'s own.' })
  @MaxLength(500)
  identityId!: string;
}
