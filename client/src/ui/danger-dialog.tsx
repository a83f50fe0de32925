import { useEffect, useState } from 'react';
import { Button, TextInput } from '@mantine/core';
import type { Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { Dialog } from './dialog';
import dialog from './dialog.module.css';
import styles from './danger-dialog.module.css';
import { Problems } from './form-problems';

interface DangerDialogProps {
  title: string;
  /** What will be so afterwards, one sentence each. */
  consequences: readonly string[];
  /** The exact name that has to be typed. */
  name: string;
  /** The act, as the button says it. */
  act: string;
  busy: boolean;
  problems: readonly Problem[];
  onConfirm: () => void;
  onClose: () => void;
}

/** Nobody reads consequences in less. */
const pauseMs = 2_000;

/** For acts that are final: consequences listed, the name typed, the button named after the act and asleep at first. */
export default function DangerDialog({ title, consequences, name, act, busy, problems, onConfirm, onClose }: DangerDialogProps) {
  const t = useT();
  const [typed, setTyped] = useState('');
  const [awake, setAwake] = useState(false);

  const sure = awake && typed === name;
  useEffect(() => {
    const timer = setTimeout(() => setAwake(true), pauseMs);
    return () => clearTimeout(timer);
  }, []);

  return (
    <Dialog title={title} closable={!busy} onClose={onClose}>
      <form
        className={dialog.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (sure && !busy) {
            onConfirm();
          }
        }}
      >
        <ul className={styles.consequences}>
          {consequences.map((consequence) => <li key={consequence}>{consequence}</li>)}
        </ul>
        <TextInput
          data-autofocus
          label={t('danger.type', { name })}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Problems problems={problems} onRetry={sure ? onConfirm : undefined} />
        <div className={dialog.buttons}>
          <Button variant="default" disabled={busy} onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" color="red" loading={busy} disabled={!sure}>{act}</Button>
        </div>
      </form>
    </Dialog>
  );
}
