import path from 'node:path';
import { chatSessionEvents, type ChatSessionEvent } from '../../schema/chat-session/events';
import { projectRoot } from '../../src/paths';
import type { Change, Open, Projected, Projector } from '../../src/projection-runtime/projector';

/** Shown in place of the title of an erased conversation. */
const ERASED_TITLE = 'Erased chat';

/** View `chat_sessions`: one row a session. Its messages are a view of their own, because a view has one live table. */
export const chatSessionsProjector: Projector<typeof chatSessionEvents> = {
  name: 'chat_sessions',
  version: 1,
  events: chatSessionEvents,
  tables: path.join(projectRoot, 'projections/chat-session/tables.sql'),
  live: { table: 'chat_sessions', key: 'id' },
  project: (events, open) => events.flatMap((event) => changes(event, open)),
};

function changes(event: Projected<ChatSessionEvent>, open: Open): Change[] {
  const { position, revision, metadata } = event.at;
  const table = 'chat_sessions';
  const key = { id: event.data.sessionId };
  const seen = { updated_at: new Date(metadata.at), revision };
  switch (event.type) {
    case 'ChatSessionOpened': {
      const { ownerId, title, model } = event.data;
      return [{
        kind: 'put', table, key, position,
        set: {
          tenant_id: metadata.tenant,
          owner_id: ownerId,
          title: open(title) ?? ERASED_TITLE,
          model,
          message_count: 0,
          created_at: new Date(metadata.at),
          ...seen,
        },
      }];
    }
    case 'MessagePosted':
      return [{ kind: 'add', table, key, position, add: { message_count: 2 }, set: seen }];
    case 'AnswerStarted':
    case 'AnswerCompleted':
    case 'AnswerFailed':
      return [{ kind: 'patch', table, key, position, set: seen }];
    default:
      return event satisfies never;
  }
}
