import { useEffect, useEffectEvent } from 'react';
import { registerShortcuts, type Shortcut } from '../lib/shortcuts';

/** Shortcuts of a screen, alive while it is mounted; the newest closures run. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const run = useEffectEvent((id: string) => shortcuts.find((shortcut) => shortcut.id === id)?.run());
  const signature = shortcuts.map(({ id, keys }) => `${id}\n${keys}`).join('\t');
  useEffect(() => registerShortcuts(signature.split('\t').filter(Boolean).map((entry) => {
    const [id = '', keys = ''] = entry.split('\n');
    return { id, keys, run: () => run(id) };
  })), [signature]);
}
