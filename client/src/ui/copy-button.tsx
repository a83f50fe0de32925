import { useState } from 'react';
import { ActionIcon } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { announce } from './announcer';
import { copyText } from './copy-text';
import { IconCheck, IconCopy } from './icons';

interface CopyButtonProps {
  text: string;
  /** What is copied, for the button's name. */
  label: string;
}

export function CopyButton({ text, label }: CopyButtonProps) {
  const t = useT();
  const [copied, setCopied] = useState(false);

  async function copy(): Promise<void> {
    const done = await copyText(text);
    setCopied(done);
    announce(t(done ? 'copy.done' : 'copy.failed'));
    setTimeout(() => setCopied(false), 1_500);
  }

  return (
    <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('copy.name', { what: label })} onClick={() => void copy()}>
      {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
    </ActionIcon>
  );
}
