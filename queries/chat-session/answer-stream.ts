import type { AnswerBlock, Message } from '../../schema/chat-session/types';
import { RefusedError } from '../../schema/errors/catalogue';
import { mapped } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { signedIn } from '../../src/graphql/tenant';
import { messageById } from './loaders';

/** How far a reader has come: the last block, and the length of all text up to its end in UTF-16 code units. */
interface Place {
  seq: number;
  length: number;
}

/**
 * An answer as it comes, for its owner. While it is running, its blocks; once it has ended, what the reader has not
 * seen of it as one block. So a reader who comes back at any time, with any cursor, ends with the whole answer.
 * @throws RefusedError E4041 for anything but an answer of the caller, E4004 for a cursor of something else
 */
export async function answerBlocks(
  context: Context, answerId: string, after: string | null | undefined,
): Promise<AsyncIterableIterator<AnswerBlock>> {
  const place = readCursor(after);
  await context.waitForViews('messages');
  const message = await context.loader(messageById).load(answerId);
  if (!message || message.role !== 'assistant' || message.ownerId !== signedIn(context).userId) {
    throw new RefusedError({ code: 'E4041', rule: 'answer', message: 'There is no such answer, or it is not yours to read.' });
  }
  return message.state === 'streaming' ? runningBlocks(context, answerId, place) : once(rest(message, place));
}

function runningBlocks(context: Context, answerId: string, from: Place): AsyncIterableIterator<AnswerBlock> {
  let { length } = from;
  return mapped(context.outputs.read(answerId, from.seq, context.signal), async ({ seq, text, done }) => {
    length += text.length;
    return { cursor: writeCursor({ seq, length }), text, done };
  });
}

function rest({ text }: Message, { seq, length }: Place): AnswerBlock {
  const unseen = (text ?? '').slice(length);
  return { cursor: writeCursor({ seq: seq + 1, length: length + unseen.length }), text: unseen, done: true };
}

async function* once<Item>(item: Item): AsyncGenerator<Item> {
  yield item;
}

const writeCursor = ({ seq, length }: Place): string => `${seq}-${length}`;

function readCursor(cursor: string | null | undefined): Place {
  if (cursor === null || cursor === undefined) return { seq: 0, length: 0 };
  const [, seq, length] = /^(\d{1,9})-(\d{1,9})$/.exec(cursor) ?? [];
  if (seq === undefined || length === undefined) {
    throw new RefusedError({ code: 'E4004', rule: 'cursor', message: 'This is not a cursor of an answer.' });
  }
  return { seq: Number(seq), length: Number(length) };
}
