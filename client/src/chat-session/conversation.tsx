import { useEffect, useEffectEvent, useMemo, useSyncExternalStore } from 'react';
import { Button } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { useIds, useLiveList } from '../live/use-live-list';
import { IconArrowDown } from '../ui/icons';
import { Problems } from '../ui/form-problems';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import styles from './chat-screen.module.css';
import { Composer } from './composer';
import { PostMessageDocument } from './gql/documents';
import { Message } from './message';
import { messageList } from './messages';
import { useLatch } from './use-latch';

interface ConversationProps {
  sessionId: string;
  /** Question to send as soon as the conversation is there: it was typed before the session existed. */
  first: string | undefined;
  onFirstSent: () => void;
}

/** The messages of one session and the field to ask the next question. */
export function Conversation({ sessionId, first, onFirstSent }: ConversationProps) {
  const t = useT();
  const { list, state } = useLiveList(useMemo(() => messageList(sessionId), [sessionId]));
  const ids = useIds(list);
  const act = useAct(PostMessageDocument, ({ postMessage }) => postMessage);
  const { log, content, following, follow, answerStarted } = useLatch();
  const newestId = ids.at(-1) ?? '';
  const subscribeNewest = useMemo(() => (listener: () => void) => list.store.subscribeRow(newestId, listener), [list, newestId]);
  const newest = useSyncExternalStore(subscribeNewest, () => list.store.get(newestId));
  const running = newest?.state === 'STREAMING';

  async function send(text: string): Promise<boolean> {
    follow();
    const payload = await act.run({ sessionId, text });
    if (!payload) {
      return false;
    }
    answerStarted();
    [payload.message, payload.answer].forEach((message) => message && list.store.push(message));
    return true;
  }

  function retry(answerId: string): void {
    const question = list.store.get(ids[ids.indexOf(answerId) - 1] ?? '');
    if (question?.role === 'USER' && question.text) {
      void send(question.text);
    }
  }

  const sendFirst = useEffectEvent((text: string) => {
    onFirstSent();
    void send(text);
  });
  useEffect(() => {
    if (first !== undefined) {
      sendFirst(first);
    }
  }, [first]);

  return (
    <div className={styles.conversation}>
      <div ref={log} className={styles.log} tabIndex={0} role="region" aria-label={t('chat.log')}>
        <div ref={content} className={styles.messages}>
          {ids.length === 0 && state.phase === 'loading' && <Skeleton rows={4} height={24} />}
          {state.problem && <ProblemNotice problem={state.problem} onRetry={list.reload} />}
          {state.more && <Button size="xs" variant="default" loading={state.fetching} onClick={list.loadMore}>{t('chat.earlier')}</Button>}
          {ids.map((id) => <Message key={id} list={list} id={id} onRetry={running || id !== newestId ? undefined : retry} />)}
        </div>
      </div>
      {!following && (
        <Button size="xs" className={styles.newest} leftSection={<IconArrowDown size={14} />} onClick={follow}>{t('chat.newest')}</Button>
      )}
      <div className={styles.foot}>
        <Problems problems={act.problems} />
        <Composer busy={running || act.busy} onSend={send} />
      </div>
    </div>
  );
}
