import { Field, InterfaceType } from 'type-graphql';
import { catalogue, type Refusal } from '../../schema/errors/catalogue';
import { TryLaterError, UserError } from '../../schema/errors/types';
import { Position } from './scalars';

/** What every mutation answers; `@ObjectType({ implements: MutationPayload }) class XPayload extends MutationPayload`. */
@InterfaceType({ description: 'What every mutation answers.' })
export abstract class MutationPayload {
  @Field(() => Position, {
    nullable: true,
    description: 'Consistency token: queries that send it see this change. Null when refused before the log was read.',
  })
  position!: bigint | string | null;

  @Field(() => String, { nullable: true, description: 'Revision of the changed object after this mutation.' })
  revision!: string | null;

  @Field(() => [UserError], { description: 'Why nothing was done; empty when it was done.' })
  errors!: UserError[];
}

/** A refusal as the error object of a payload. */
export function toUserError(refusal: Refusal, correlationId: string): UserError & Pick<TryLaterError, 'retryAfterMs'> {
  const { category, severity, recovery } = catalogue[refusal.code];
  return {
    code: refusal.code, rule: refusal.rule, message: refusal.message, path: refusal.path ?? null,
    category, severity, recovery, correlationId, details: refusal.details ?? null, retryAfterMs: refusal.retryAfterMs ?? null,
  };
}
