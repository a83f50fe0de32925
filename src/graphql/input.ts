import { Field, InputType } from 'type-graphql';
import { ONCE } from '../../schema/text-rules';

/** What every mutation takes; `@InputType() class XInput extends MutationInput`. */
@InputType()
export abstract class MutationInput {
  @Field(() => String, { nullable: true, description: ONCE })
  idempotencyKey?: string | null;
}
