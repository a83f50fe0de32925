import type { ChatSession, Message } from '../../schema/chat-session/types';
import { OrderDirection } from '../../src/graphql/connection';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { childPages } from '../child-pages';
import { visible } from '../visibility';
import { toChatSession, toMessage, type ChatSessionRow, type MessageRow } from './sql';

/** Chat sessions the caller may see, by id. */
export const chatSessionById = defineLoader<string, ChatSession>('chatSessionById', async (context, ids) => {
  const { text, values } = compile(sql`select * from views.chat_sessions where ${visible(context, 'chats:read', 'owner_id')} and id = any(${ids})`);
  const rows = await context.db.query<ChatSessionRow>(text, values);
  return inOrderOf(ids, rows.map((row) => toChatSession(row, context)), (session) => session.id);
});

/** Messages the caller may see, by id. */
export const messageById = defineLoader<string, Message>('messageById', async (context, ids) => {
  const { text, values } = compile(sql`select * from views.messages where ${visible(context, 'chats:read', 'owner_id')} and id = any(${ids})`);
  const rows = await context.db.query<MessageRow>(text, values);
  return inOrderOf(ids, rows.map((row) => toMessage(row, context)), (message) => message.id);
});

/** The messages of each session, oldest first. */
export const messagesOfSession = childPages<MessageRow, Message>({
  from: 'views.messages',
  parent: 'session_id',
  key: 'id',
  orderBy: { column: 'ordinal', direction: OrderDirection.ASC },
  where: (context) => visible(context, 'chats:read', 'owner_id'),
  toNode: toMessage,
});
