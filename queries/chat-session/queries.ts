import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { ChatSessionFilter, ChatSessionOrder, ChatSessionOrderField } from '../../schema/chat-session/inputs';
import {
  ChatSession, ChatSessionConnection, Message, MessageConnection, OpenChatSessionPayload, PostMessagePayload,
} from '../../schema/chat-session/types';
import { Run } from '../../schema/run/types';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { registerNode, toGlobalId } from '../../src/graphql/node';
import { ownWrite } from '../../src/graphql/own-write';
import { Policy } from '../../src/graphql/policy';
import { containing, sql } from '../../src/graphql/sql';
import { signedIn } from '../../src/graphql/tenant';
import { related } from '../related';
import { runById } from '../run/loaders';
import { chatSessionById, messageById, messagesOfSession } from './loaders';
import { toChatSession, type ChatSessionRow } from './sql';

registerNode('ChatSession', 'chats:read', async (context, ids) => {
  await context.waitForViews('chat_sessions');
  return context.loader(chatSessionById).loadMany(ids) as Promise<(ChatSession | undefined)[]>;
});

registerNode('Message', 'chats:read', async (context, ids) => {
  await context.waitForViews('messages');
  return context.loader(messageById).loadMany(ids) as Promise<(Message | undefined)[]>;
});

@Resolver(() => ChatSession)
export class ChatSessionQueries {
  @Query(() => ChatSessionConnection, { description: 'Your own chat sessions, most recently used first.' })
  @Policy('chats:read')
  async chatSessions(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => ChatSessionFilter, { nullable: true, description: 'Which chat sessions.' }) filter?: ChatSessionFilter | null,
    @Arg('orderBy', () => ChatSessionOrder, { nullable: true, description: 'In which order.' }) orderBy?: ChatSessionOrder | null,
  ): Promise<Page<ChatSession>> {
    await context.waitForViews('chat_sessions');
    const { tenantId, userId } = signedIn(context);
    return readPage<ChatSessionRow, ChatSession>(context.db, {
      from: 'views.chat_sessions',
      key: 'id',
      where: [
        sql`tenant_id = ${tenantId} and owner_id = ${userId}`,
        ...(filter?.search ? [sql`title ilike ${containing(filter.search)}`] : []),
      ],
      orderBy: { column: orderBy?.field ?? ChatSessionOrderField.UPDATED_AT, direction: orderBy?.direction ?? OrderDirection.DESC },
      toNode: (row) => toChatSession(row, context),
    }, page);
  }

  @FieldResolver(() => MessageConnection, { description: 'Questions and answers, oldest first; `last` reads from the newest.' })
  @Policy('chats:read')
  async messages(
    @Root() session: Pick<ChatSession, 'id'>, @Args(() => PageArgs) page: PageArgs, @Ctx() context: Context,
  ): Promise<Page<Message>> {
    await context.waitForViews('messages');
    return messagesOfSession.read(context, session.id, page);
  }
}

@Resolver(() => Message)
export class MessageFields {
  @FieldResolver(() => ID, { description: 'The session it belongs to.' })
  sessionId(@Root() message: Pick<Message, 'sessionKey'>): string {
    return toGlobalId('ChatSession', message.sessionKey);
  }

  @FieldResolver(() => Run, { nullable: true, description: 'The work behind an answer; null for a question.' })
  @Policy('runs:read')
  async run(@Root() { runId, position }: Pick<Message, 'runId' | 'position'>, @Ctx() context: Context): Promise<Run | null> {
    return runId === null ? null : (await related(context, 'runs', runById, runId, position)) ?? null;
  }
}

@Resolver(() => OpenChatSessionPayload)
export class OpenChatSessionPayloadFields {
  @FieldResolver(() => ChatSession, { nullable: true, description: 'The new session.' })
  chatSession(@Root() { sessionId }: { sessionId?: string }, @Ctx() context: Context): Promise<ChatSession | null> {
    return ownWrite(context, 'chat_sessions', chatSessionById, sessionId);
  }
}

/** What `commands/chat-session/mutations.ts` answers. */
interface Posted {
  messageId?: string;
  answerId?: string;
  runId?: string;
}

@Resolver(() => PostMessagePayload)
export class PostMessagePayloadFields {
  @FieldResolver(() => Message, { nullable: true, description: 'The question.' })
  message(@Root() { messageId }: Posted, @Ctx() context: Context): Promise<Message | null> {
    return ownWrite(context, 'messages', messageById, messageId);
  }

  @FieldResolver(() => Message, { nullable: true, description: 'The message that will hold the answer; follow it with `answerStream`.' })
  answer(@Root() { answerId }: Posted, @Ctx() context: Context): Promise<Message | null> {
    return ownWrite(context, 'messages', messageById, answerId);
  }

  @FieldResolver(() => Run, { nullable: true, description: 'The work behind the answer.' })
  run(@Root() { runId }: Posted, @Ctx() context: Context): Promise<Run | null> {
    return ownWrite(context, 'runs', runById, runId);
  }
}
