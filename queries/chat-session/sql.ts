import { MessageRole, MessageState, type ChatSession, type Message } from '../../schema/chat-session/types';
import type { Context } from '../../src/graphql/context';
import { signedIn } from '../../src/graphql/tenant';

/** A row of `views.chat_sessions`. */
export interface ChatSessionRow {
  id: string;
  tenant_id: string;
  owner_id: string;
  title: string;
  model: string;
  message_count: number;
  created_at: Date;
  updated_at: Date;
  revision: string;
}

/** A row of `views.messages`. */
export interface MessageRow {
  id: string;
  tenant_id: string;
  session_id: string;
  owner_id: string;
  role: string;
  state: string;
  text: string | null;
  run_id: string | null;
  failure: string | null;
  created_at: Date;
  updated_at: Date;
  position: string;
}

/** What others than the owner see in place of a title. */
const PRIVATE_TITLE = 'Private chat';

type Viewer = Pick<Context, 'principal'>;

export function toChatSession(row: ChatSessionRow, viewer: Viewer): ChatSession {
  return {
    id: row.id,
    title: isOwner(row, viewer) ? row.title : PRIVATE_TITLE,
    model: row.model,
    messageCount: row.message_count,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    revision: String(row.revision),
  };
}

export function toMessage(row: MessageRow, viewer: Viewer): Message {
  return {
    id: row.id,
    ownerId: row.owner_id,
    sessionKey: row.session_id,
    runId: row.run_id,
    role: row.role as MessageRole,
    state: row.state as MessageState,
    text: isOwner(row, viewer) ? row.text : null,
    failure: row.failure,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    position: BigInt(row.position),
  };
}

/** Words belong to whoever said them, whatever the role of others. */
function isOwner(row: { owner_id: string }, viewer: Viewer): boolean {
  return row.owner_id === signedIn(viewer).userId;
}
