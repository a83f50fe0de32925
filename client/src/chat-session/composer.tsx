import { useRef, useState, type KeyboardEvent } from 'react';
import { ActionIcon, Textarea } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { isComposing } from '../lib/shortcuts';
import { IconSend2 } from '../ui/icons';
import styles from './chat-screen.module.css';

interface ComposerProps {
  /** An answer is running: what is typed stays, but cannot be sent yet. */
  busy: boolean;
  /** @returns whether it was taken; else the text stays */
  onSend: (text: string) => Promise<boolean>;
}

const longest = 32_000;

/** Enter sends, Shift+Enter makes a new line, and Enter while composing only ends the composition. */
export function Composer({ busy, onSend }: ComposerProps) {
  const t = useT();
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);

  async function send(): Promise<void> {
    const question = text.trim();
    if (question === '' || busy) {
      return;
    }
    setText('');
    if (!await onSend(question)) {
      setText((typed) => typed || question);
    }
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key === 'Enter' && !event.shiftKey && !isComposing(event)) {
      event.preventDefault();
      void send();
    }
  }

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea
        description={t('chat.keys')}
        ref={field}
        autoFocus
        autosize
        minRows={1}
        maxRows={10}
        maxLength={longest}
        className={styles.field}
        aria-label={t('chat.question')}
        placeholder={t('chat.placeholder')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ActionIcon type="submit" variant="filled" size={36} disabled={busy || text.trim() === ''} aria-label={t('chat.send')}
        title={t('chat.send')}>
        <IconSend2 size={18} />
      </ActionIcon>
    </form>
  );
}
