import { MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'Which account elsewhere is no longer a way in.' })
export class UnlinkIdentityInput {
  @Field(() => ID, { description: 'One of the caller\'s own.' })
  @MaxLength(500)
  identityId!: string;

  @Field(() => String, { nullable: true, description: 'Repeating the request with the same key has no second effect.' })
  idempotencyKey?: string | null;
}
