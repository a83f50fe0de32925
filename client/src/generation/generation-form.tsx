import { useRef, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import { Button } from '@mantine/core';
import type { Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { isComposing } from '../lib/shortcuts';
import { IconWand } from '../ui/icons';
import styles from './screen.module.css';
import { StartProblems } from './start-problems';

interface GenerationFormProps {
  label: string;
  busy: boolean;
  problems: readonly Problem[];
  onStart: () => void;
  /** What has to be filled in. */
  children: ReactNode;
  /** What may be left as it is; below the button, so that nobody has to pass it on the way there. */
  parameters: ReactNode;
}

/** A form that starts a run, also with Ctrl+Enter from any of its fields. */
export function GenerationForm({ label, busy, problems, onStart, children, parameters }: GenerationFormProps) {
  const t = useT();
  const form = useRef<HTMLFormElement>(null);
  const mac = navigator.platform.startsWith('Mac');

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!busy) {
      onStart();
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !isComposing(event)) {
      event.preventDefault();
      form.current?.requestSubmit();
    }
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- A shortcut for the button below.
    <form ref={form} className={styles.form} aria-label={label} onSubmit={submit} onKeyDown={onKeyDown}>
      {children}
      <StartProblems problems={problems} onRetry={onStart} />
      <div className={styles.start}>
        <Button type="submit" loading={busy} leftSection={<IconWand size={16} />}>{t('generation.run')}</Button>
        <span className="muted">{t('generation.runKeys', { keys: mac ? '⌘ Enter' : 'Ctrl Enter' })}</span>
      </div>
      {parameters}
    </form>
  );
}
