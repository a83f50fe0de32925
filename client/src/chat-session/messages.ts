import { ask } from '../graphql/client';
import { ofError } from '../graphql/problem';
import { changeFeed, type ListSource } from '../live/live-list';
import { ChatSessionDocument, MessageChangedDocument, type MessageFieldsFragment, type MessageState } from './gql/documents';

export type MessageRow = MessageFieldsFragment;

const rank: Record<MessageState, bigint> = { STREAMING: 0n, COMPLETE: 1n, FAILED: 1n };

/** Messages have no revision: they change with time, and an answer ends once. */
export const messageVersion = ({ state, updatedAt }: Pick<MessageRow, 'state' | 'updatedAt'>): bigint => (BigInt(Date.parse(updatedAt)) << 1n) + rank[state];

/** By time; a question and its answer carry the same time, and the question comes first. */
export function messageOrder(a: MessageRow, b: MessageRow): number {
  return Date.parse(a.createdAt) - Date.parse(b.createdAt) || Number(b.role === 'USER') - Number(a.role === 'USER');
}

/** The messages of one conversation, oldest first; further pages are older ones. */
export const messageList = (sessionId: string): ListSource<MessageRow> => ({
  pageSize: 50,
  async page(client, { first, after }, atLeast) {
    const { data, error } = await ask(client, ChatSessionDocument, { id: sessionId, last: first, before: after }, atLeast);
    if (error) {
      return ofError(error);
    }
    if (data?.node?.__typename !== 'ChatSession') {
      return { code: 'E4041' };
    }
    const { nodes, pageInfo } = data.node.messages;
    return { rows: nodes, endCursor: pageInfo.hasPreviousPage ? (pageInfo.startCursor ?? undefined) : undefined };
  },
  feed: changeFeed(MessageChangedDocument, { sessionId }, ({ messageChanged }) => messageChanged),
  version: messageVersion,
  admits: () => true,
  order: 'oldest-first',
  compare: messageOrder,
});
