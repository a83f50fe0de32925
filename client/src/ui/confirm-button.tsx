import '@mantine/core/styles/Popover.layer.css';
import { useState } from 'react';
import { Button, Popover } from '@mantine/core';
import type { Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import styles from './confirm-button.module.css';
import { Problems } from './form-problems';

interface ConfirmButtonProps {
  /** The act, as both buttons say it. */
  act: string;
  /** What the first button is called where several say the same. */
  label?: string;
  /** What will be so afterwards. */
  effect: string;
  busy: boolean;
  problems: readonly Problem[];
  onConfirm: () => void;
}

/** For acts that can be made good again: the effect is named before they are done. */
export function ConfirmButton({ act, label = act, effect, busy, problems, onConfirm }: ConfirmButtonProps) {
  const t = useT();
  const [asking, setAsking] = useState(false);
  return (
    <Popover opened={asking} onChange={setAsking} position="bottom-end" offset={4} radius={8} trapFocus returnFocus
      transitionProps={{ duration: 120 }}>
      <Popover.Target>
        <Button size="compact-xs" variant="default" aria-label={label} onClick={() => setAsking(!asking)}>{act}</Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.panel} aria-label={label}>
        <p>{effect}</p>
        <Problems problems={problems} />
        <div className={styles.buttons}>
          <Button size="xs" variant="default" onClick={() => setAsking(false)}>{t('dialog.cancel')}</Button>
          <Button size="xs" color="red" loading={busy} data-autofocus onClick={onConfirm}>{act}</Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
