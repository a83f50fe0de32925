import { useState } from 'react';
import { Button } from '@mantine/core';
import { Link, linkOptions, useNavigate, useParams } from '@tanstack/react-router';
import { useAct } from '../graphql/use-act';
import { useT, type MessageId } from '../i18n/use-t';
import { useMay } from '../session';
import { Empty } from '../ui/empty';
import { ExamplePrompts } from '../ui/example-prompts';
import { IconPlus } from '../ui/icons';
import { Problems } from '../ui/form-problems';
import { useTabTitle } from '../ui/page';
import { useShortcuts } from '../ui/use-shortcuts';
import styles from './chat-screen.module.css';
import { Composer } from './composer';
import { Conversation } from './conversation';
import { OpenChatSessionDocument } from './gql/documents';
import { SessionList } from './session-list';

const newChat = linkOptions({ to: '/chat/{-$sessionId}', params: { sessionId: undefined } });
const titleLength = 60;
const prompts: readonly MessageId[] = ['chat.prompt.explain', 'chat.prompt.plan', 'chat.prompt.translate', 'chat.prompt.code'];

const chatCall = `mutation {
  openChatSession(input: { title: "First" }) { chatSession { id } }
}
subscription {
  answerStream(messageId: "…") { cursor text done }
}`;

/** Conversations: one's sessions, and the one that is open. */
export default function ChatScreen() {
  const t = useT();
  const navigate = useNavigate();
  const { sessionId } = useParams({ strict: false }) as { sessionId?: string };
  const mayChat = useMay('chats:write');
  const open = useAct(OpenChatSessionDocument, ({ openChatSession }) => openChatSession);
  const [first, setFirst] = useState<string>();
  const title = t('nav.chat');

  useTabTitle(title);

  async function begin(question: string): Promise<boolean> {
    const payload = await open.run({ title: question.length > titleLength ? `${question.slice(0, titleLength)}…` : question });
    if (!payload?.chatSession) {
      return false;
    }
    setFirst(question);
    await navigate({ to: '/chat/{-$sessionId}', params: { sessionId: payload.chatSession.id } });
    return true;
  }

  useShortcuts(mayChat ? [{ id: 'create', keys: 'c', run: () => void navigate(newChat) }] : []);

  return (
    <div className={styles.chat} data-open={sessionId !== undefined || undefined}>
      <div className={styles.side}>
        <div className={styles.sideHead}>
          <h1>{title}</h1>
          {mayChat && (
            <Button size="xs" leftSection={<IconPlus size={14} />} 
              renderRoot={(props) => <Link {...newChat} {...props} />}>
              {t('chat.new')}
            </Button>
          )}
        </div>
        <SessionList current={sessionId} />
      </div>
      {sessionId !== undefined && (
        <Conversation key={sessionId} sessionId={sessionId} first={first} onFirstSent={() => setFirst(undefined)} />
      )}
      {sessionId === undefined && (
        <div className={styles.conversation}>
          <div className={styles.log}>
            <Empty title={t('chat.empty')} call={chatCall}>{t(mayChat ? 'chat.emptyHint' : 'chat.notAllowed')}</Empty>
            {mayChat && (
              <div className={styles.prompts}>
                <ExamplePrompts prompts={prompts} disabled={open.busy} onChoose={(prompt) => void begin(prompt)} />
              </div>
            )}
          </div>
          {mayChat && (
            <div className={styles.foot}>
              <Problems problems={open.problems} />
              <Composer busy={open.busy} onSend={begin} />
            </div>
          )}
        </div>
      )}
    </div>
  );
}
