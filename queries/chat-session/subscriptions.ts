import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { AnswerBlock, ChatSession, ChatSessionChange, Message, MessageChange } from '../../schema/chat-session/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { fromGlobalId } from '../../src/graphql/node';
import { Policy } from '../../src/graphql/policy';
import { signedIn } from '../../src/graphql/tenant';
import { sees } from '../visibility';
import { answerBlocks } from './answer-stream';
import { toChatSession, toMessage, type ChatSessionRow, type MessageRow } from './sql';

const AFTER = { nullable: true, description: 'Cursor of the last item seen.' };

interface Subscribing<Args> {
  args: Args & { after?: string | null };
  context: Context;
}

@Resolver()
export class ChatSessionSubscriptions {
  @Subscription(() => ChatSessionChange, {
    description: 'Your own chat sessions as they change, each in its newest state.',
    subscribe: ({ args, context }: Subscribing<object>) => changes(context, {
      view: 'chat_sessions',
      after: args.after,
      filter: (row) => row.owner_id === signedIn(context).userId,
      toNode: (row) => toChatSession(row as unknown as ChatSessionRow, context),
    }),
  })
  @Policy('chats:read')
  chatSessionChanged(
    @Root() change: ChangeOf<ChatSession>,
    @Arg('after', () => String, AFTER) _after: string | null,
  ): ChangeOf<ChatSession> {
    return change;
  }

  @Subscription(() => MessageChange, {
    description: 'Questions and answers of one session as they change; the words only for its owner.',
    subscribe: ({ args, context }: Subscribing<{ sessionId: string }>) => {
      const sessionId = fromGlobalId(args.sessionId, 'ChatSession');
      return changes(context, {
        view: 'messages',
        after: args.after,
        filter: (row) => row.session_id === sessionId && sees(context, 'chats:read', String(row.owner_id)),
        toNode: (row) => toMessage(row as unknown as MessageRow, context),
      });
    },
  })
  @Policy('chats:read')
  messageChanged(
    @Root() change: ChangeOf<Message>,
    @Ctx() context: Context,
    @Arg('sessionId', () => ID, { description: 'The session.' }) _sessionId: string,
    @Arg('after', () => String, AFTER) _after: string | null,
  ): ChangeOf<Message> {
    // The role may have changed since the subscription began.
    return change.node && !sees(context, 'chats:read', change.node.ownerId) ? { ...change, node: null } : change;
  }

  @Subscription(() => AnswerBlock, {
    description: 'One of your answers as the model writes it. All blocks together are exactly its text.',
    subscribe: ({ args, context }: Subscribing<{ messageId: string }>) =>
      answerBlocks(context, fromGlobalId(args.messageId, 'Message'), args.after),
  })
  @Policy('chats:read')
  answerStream(
    @Root() block: AnswerBlock,
    @Arg('messageId', () => ID, { description: 'The answer.' }) _messageId: string,
    @Arg('after', () => String, AFTER) _after: string | null,
  ): AnswerBlock {
    return block;
  }
}
