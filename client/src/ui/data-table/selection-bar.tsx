import { useEffect, type ReactNode } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../../i18n/use-t';
import { announce } from '../announcer';
import { IconDownload, IconX } from '../icons';
import styles from './data-table.module.css';
import type { Selection } from './selection';

interface SelectionBarProps {
  selection: Selection;
  onExport: () => void;
  /** What can be done with the chosen rows. */
  children: ReactNode;
}

/** How many rows are chosen, and what to do with them. */
export function SelectionBar({ selection, onExport, children }: SelectionBarProps) {
  const t = useT();
  const count = selection.ids.size;
  useEffect(() => announce(t('table.selected', { count })), [t, count]);

  return (
    <div role="group" aria-label={t('table.selection')} className={styles.selection}>
      <strong>{t('table.selected', { count })}</strong>
      {children}
      <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} onClick={onExport}>{t('table.exportSelected')}</Button>
      <Button size="xs" variant="subtle" leftSection={<IconX size={14} />} onClick={selection.clear}>{t('table.clearSelection')}</Button>
    </div>
  );
}
