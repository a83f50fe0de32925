import { MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { ONCE } from '../text-rules';

@InputType({ description: 'Which account elsewhere is no longer a way in.' })
export class UnlinkIdentityInput {
  @Field(() => ID, { description: 'One of the caller\'s own.' })
  @MaxLength(500)
  identityId!: string;

  @Field(() => String, { nullable: true, description: ONCE })
  idempotencyKey?: string | null;
}
