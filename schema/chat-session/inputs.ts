import { Matches, MaxLength, MinLength } from 'class-validator';
import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { MutationInput } from '../../src/graphql/input';
import { IsNotBlank, NAME_LENGTH } from '../text-rules';

/** Longest question, in UTF-16 code units. */
export const MESSAGE_LENGTH = 32_000;
const TITLE_LENGTH = 200;
/** All but control characters and half characters, which neither Postgres nor JSON can keep. */
const ONE_LINE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{Cf}\p{Co}\p{Cn}]*$/u;
const LINES = /^[\t\n\r\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{Cf}\p{Co}\p{Cn}]*$/u;
const NO_CONTROL = { message: '$property has no control characters' };

@InputType({ description: 'The conversation to begin.' })
export class OpenChatSessionInput extends MutationInput {
  @Field(() => String, { nullable: true, description: 'What it is about, 1 to 200 characters; a stand-in when omitted.' })
  @MinLength(1)
  @MaxLength(TITLE_LENGTH)
  @Matches(ONE_LINE, NO_CONTROL)
  @IsNotBlank()
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'Model that answers; the server\'s own choice when omitted.' })
  @MinLength(1)
  @MaxLength(NAME_LENGTH)
  @Matches(ONE_LINE, NO_CONTROL)
  @IsNotBlank()
  model?: string | null;
}

@InputType({ description: 'The question to ask.' })
export class PostMessageInput extends MutationInput {
  @Field(() => ID, { description: 'The session to ask in.' })
  sessionId!: string;

  @Field(() => String, { description: 'The question, 1 to 32,000 characters.' })
  @MinLength(1)
  @MaxLength(MESSAGE_LENGTH)
  @Matches(LINES, NO_CONTROL)
  @IsNotBlank()
  text!: string;
}

@InputType({ description: 'Which chat sessions to list; all that is given must hold.' })
export class ChatSessionFilter {
  @Field(() => String, { nullable: true, description: 'Text contained in the title.' })
  @MaxLength(200)
  search?: string | null;
}

export enum ChatSessionOrderField {
  UPDATED_AT = 'updated_at',
  CREATED_AT = 'created_at',
}
registerEnumType(ChatSessionOrderField, {
  name: 'ChatSessionOrderField',
  description: 'What chat sessions are ordered by.',
  valuesConfig: { UPDATED_AT: { description: 'When something was last said.' }, CREATED_AT: { description: 'When it was opened.' } },
});

@InputType({ description: 'Order of a list of chat sessions.' })
export class ChatSessionOrder {
  @Field(() => ChatSessionOrderField, { description: 'What to order by.' })
  field!: ChatSessionOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}
