import '@mantine/core/styles/Switch.layer.css';
import { useSyncExternalStore } from 'react';
import { Switch } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { prefer, preferences } from '../lib/preferences';
import { activeShortcuts } from '../lib/shortcuts';
import { Dialog } from '../ui/dialog';
import styles from './shortcut-sheet.module.css';

const keyWords = (key: string, mac: boolean): string => key.replace('mod+', mac ? '⌘ ' : 'Ctrl ').replace('shift+', '⇧ ');

/** Every shortcut that works right now, from the registry. */
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const t = useT();
  const { singleKeys } = useSyncExternalStore(preferences.subscribe, preferences.get);
  const mac = navigator.platform.startsWith('Mac');
  const words = (id: string): string => {
    const known = `shortcut.${id}`;
    if (t.knows(known)) {
      return t(known);
    }
    return t.knows(id) ? t('shortcut.go', { place: t(id) }) : id;
  };
  return (
    <Dialog title={t('shortcuts.title')} onClose={onClose}>
      <dl className={styles.list}>
        {activeShortcuts().map(({ id, keys }) => (
          <div key={id}>
            <dt>{words(id)}</dt>
            <dd>{keys.split(' ').map((key) => <kbd key={key}>{keyWords(key, mac)}</kbd>)}</dd>
          </div>
        ))}
      </dl>
      <Switch size="xs" label={t('shortcuts.singleKeys')} checked={singleKeys}
        onChange={(event) => prefer({ singleKeys: event.currentTarget.checked })} />
    </Dialog>
  );
}
