import { changeFeed, connectionPage, type ListSource } from '../live/live-list';
import { mentions } from '../ui/data-table/order';
import { ChatSessionChangedDocument, ChatSessionsDocument, type ChatSessionFieldsFragment } from './gql/documents';

export type SessionRow = ChatSessionFieldsFragment;

/** The caller's conversations, the one last spoken in first. */
export const sessionList = (search: string): ListSource<SessionRow> => ({
  pageSize: 50,
  page: connectionPage(ChatSessionsDocument, { filter: { search: search || undefined } }, ({ chatSessions }) => chatSessions),
  feed: changeFeed(ChatSessionChangedDocument, {}, ({ chatSessionChanged }) => chatSessionChanged),
  version: ({ revision }) => BigInt(revision),
  admits: ({ title }) => search === '' || mentions(search, title),
});
