import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';
import { Run } from '../run/types';

@ObjectType({ implements: Node, description: 'A conversation of one user with a model. Only its owner sees its words.' })
export class ChatSession extends Node {
  @Field(() => String, { description: 'What it is about; others than its owner see a stand-in.' })
  title!: string;

  @Field(() => String, { description: 'Model that answers.' })
  model!: string;

  @Field(() => Int, { description: 'Number of questions and answers so far.' })
  messageCount!: number;

  @Field(() => DateTime, { description: 'When it was opened.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When something was last said.' })
  updatedAt!: Date;

  @Field(() => String, { description: 'Number of changes so far, from 0.' })
  revision!: string;
}

export enum MessageRole {
  USER = 'user',
  ASSISTANT = 'assistant',
}
registerEnumType(MessageRole, {
  name: 'MessageRole',
  description: 'Who speaks.',
  valuesConfig: { USER: { description: 'The owner of the session.' }, ASSISTANT: { description: 'The model.' } },
});

export enum MessageState {
  COMPLETE = 'complete',
  STREAMING = 'streaming',
  FAILED = 'failed',
}
registerEnumType(MessageState, {
  name: 'MessageState',
  description: 'How far a message has come.',
  valuesConfig: {
    COMPLETE: { description: 'Said.' },
    STREAMING: { description: 'Being answered; `answerStream` brings it as it comes.' },
    FAILED: { description: 'No answer came; `failure` says why. The question stays and may be asked again.' },
  },
});

@ObjectType({ implements: Node, description: 'A question or an answer of a chat session.' })
export class Message extends Node {
  /** Not shown by itself: who may see the message is judged by it. */
  ownerId!: string;

  /** Not shown by itself: the relation `run` uses it. */
  runId!: string | null;

  /** Not shown by itself: `sessionId` is its global form. */
  sessionKey!: string;

  /** Not shown by itself: where in the log it last changed. */
  position!: bigint;

  @Field(() => MessageRole, { description: 'Who speaks.' })
  role!: MessageRole;

  @Field(() => MessageState, { description: 'How far it has come.' })
  state!: MessageState;

  @Field(() => String, {
    nullable: true,
    description: 'What was said; null while streaming, when failed or erased, and to others than the owner.',
  })
  text!: string | null;

  @Field(() => String, { nullable: true, description: 'Why no answer came, safe to show.' })
  failure!: string | null;

  @Field(() => DateTime, { description: 'When the question was asked.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const { Connection: ChatSessionConnection, Edge: ChatSessionEdge } = connectionOf(ChatSession);
export const { Connection: MessageConnection, Edge: MessageEdge } = connectionOf(Message);
export const ChatSessionChange = changeOf(ChatSession, 'ChatSessionChange');
export const MessageChange = changeOf(Message, 'MessageChange');

@ObjectType({ description: 'A piece of an answer on its way.' })
export class AnswerBlock {
  @Field(() => String, { description: 'Pass it as `after` to continue behind this block.' })
  cursor!: string;

  @Field(() => String, { description: 'Text that follows what came before; all blocks together are the answer.' })
  text!: string;

  @Field(() => Boolean, { description: 'Whether the answer ends here.' })
  done!: boolean;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `openChatSession`.' })
export class OpenChatSessionPayload extends MutationPayload {
  @Field(() => ChatSession, { nullable: true, description: 'The new session.' })
  chatSession!: ChatSession | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `postMessage`.' })
export class PostMessagePayload extends MutationPayload {
  @Field(() => Message, { nullable: true, description: 'The question.' })
  message!: Message | null;

  @Field(() => Message, { nullable: true, description: 'The message that will hold the answer; follow it with `answerStream`.' })
  answer!: Message | null;

  @Field(() => Run, { nullable: true, description: 'The work behind the answer.' })
  run!: Run | null;
}
