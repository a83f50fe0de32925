import path from 'node:path';
import { chatSessionEvents, type ChatSessionEvent } from '../../schema/chat-session/events';
import { projectRoot } from '../../src/paths';
import type { Change, Open, Projected, Projector, Row } from '../../src/projection-runtime/projector';

/** View `messages`: one row a message. The text stands here in clear: this table can be erased, the log cannot. */
export const messagesProjector: Projector<typeof chatSessionEvents> = {
  name: 'messages',
  version: 1,
  events: chatSessionEvents,
  tables: path.join(projectRoot, 'projections/message/tables.sql'),
  live: { table: 'messages', key: 'id' },
  project: (events, open) => events.flatMap((event) => changes(event, open)),
};

function changes(event: Projected<ChatSessionEvent>, open: Open): Change[] {
  const { position, revision, metadata } = event.at;
  const table = 'messages';
  const seen = { updated_at: new Date(metadata.at), revision };
  const patch = (id: string, set: Row): Change => ({ kind: 'patch', table, key: { id }, position, set });
  switch (event.type) {
    case 'ChatSessionOpened':
    case 'AnswerStarted':
      return [];
    case 'MessagePosted': {
      const { sessionId, messageId, answerId, runId, text, by } = event.data;
      const both = { tenant_id: metadata.tenant, session_id: sessionId, owner_id: by, created_at: new Date(metadata.at), ...seen };
      const question = { ...both, ordinal: 2n * revision, role: 'user', state: 'complete', text: open(text), run_id: null };
      const answer = { ...both, ordinal: 2n * revision + 1n, role: 'assistant', state: 'streaming', text: null, run_id: runId };
      return [
        { kind: 'put', table, key: { id: messageId }, position, set: question },
        { kind: 'put', table, key: { id: answerId }, position, set: answer },
      ];
    }
    case 'AnswerCompleted':
      return [patch(event.data.answerId, { state: 'complete', text: open(event.data.text), ...seen })];
    case 'AnswerFailed':
      return [patch(event.data.answerId, { state: 'failed', failure: event.data.reason, ...seen })];
    default:
      return event satisfies never;
  }
}
