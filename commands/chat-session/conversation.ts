import type { ChatMessage } from '../../src/upstreams/llm';
import type { Vault } from '../../src/vault/port';
import type { ChatSessionState, Turn } from './decider';

/** Characters of all messages that go to the model together; the question goes even when it is longer by itself. */
export const CONTEXT_LENGTH = 24_000;

/**
 * The question and the newest messages before it, oldest first, without a gap, as many as fit.
 * @returns undefined when the conversation was erased
 */
export async function conversation(
  vault: Pick<Vault, 'open'>, tenant: string, state: Extract<ChatSessionState, { exists: true }>, questionId: string,
): Promise<ChatMessage[] | undefined> {
  const question = state.turns.findIndex((turn) => turn.messageId === questionId);
  const turns = state.turns.slice(0, question + 1);
  const texts = await vault.open(tenant, turns.map((turn) => turn.text));
  return texts.includes(null) ? undefined : fitting(turns, texts as string[]);
}

function fitting(turns: readonly Turn[], texts: readonly string[]): ChatMessage[] {
  const chosen: ChatMessage[] = [];
  let length = 0;
  for (let index = turns.length - 1; index >= 0; index--) {
    const content = texts[index]!;
    length += content.length;
    if (length > CONTEXT_LENGTH && chosen.length > 0) break;
    chosen.unshift({ role: turns[index]!.role, content });
  }
  return chosen;
}
