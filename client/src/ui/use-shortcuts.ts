import { useEffect, useRef } from 'react';
import { registerShortcuts, type Shortcut } from '../lib/shortcuts';

/** Shortcuts of a screen, alive while it is mounted; the newest closures run. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const newest = useRef(shortcuts);
  newest.current = shortcuts;
  const signature = shortcuts.map(({ id, keys }) => `${id}=${keys}`).join();
  useEffect(() => registerShortcuts(newest.current.map(({ id, keys }) => ({
    id,
    keys,
    run: () => newest.current.find((shortcut) => shortcut.id === id)?.run(),
  }))), [signature]);
}
