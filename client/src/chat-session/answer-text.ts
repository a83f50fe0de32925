import { useMemo, useSyncExternalStore } from 'react';
import { observable } from '../lib/observable';
import { useLive } from '../live/context';
import { onNextFrame } from '../live/entity-store';
import type { Live } from '../live/socket';
import { AnswerStreamDocument } from './gql/documents';

/** The text of a running answer as it comes: all blocks in order, shown once per frame, resumed behind the last one. */
export function createAnswerText(live: Live, messageId: string) {
  const shown = observable('');
  let text = '';
  let scheduled = false;
  let leave: (() => void) | undefined;
  let subscribers = 0;

  function add(block: string): void {
    text += block;
    if (!scheduled) {
      scheduled = true;
      onNextFrame(() => {
        scheduled = false;
        shown.set(text);
      });
    }
  }

  return {
    get: shown.get,
    subscribe(listener: () => void) {
      const forget = shown.subscribe(listener);
      subscribers += 1;
      if (subscribers === 1) {
        text = '';
        leave = live.subscribe(AnswerStreamDocument, { messageId }, {
          next: ({ answerStream }) => add(answerStream.text),
          cursor: ({ answerStream }) => answerStream.cursor,
          resync: () => {
            text = '';
          },
        });
      }
      return () => {
        forget();
        subscribers -= 1;
        if (subscribers === 0) {
          leave?.();
        }
      };
    },
  };
}

export function useAnswerText(messageId: string): string {
  const live = useLive();
  const answer = useMemo(() => createAnswerText(live, messageId), [live, messageId]);
  return useSyncExternalStore(answer.subscribe, answer.get);
}
