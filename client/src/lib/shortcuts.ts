import { preferences } from './preferences';

/** A shortcut as registered: `keys` is one key or two in a row, `mod+k` means Ctrl or Cmd. */
export interface Shortcut {
  id: string;
  keys: string;
  run: () => void;
}

const registered = new Map<string, Shortcut>();
const sequenceMs = 1_000;

/** Adds shortcuts for as long as their screen is there. @returns takes them away again */
export function registerShortcuts(shortcuts: readonly Shortcut[]): () => void {
  shortcuts.forEach((shortcut) => registered.set(shortcut.id, shortcut));
  return () => shortcuts.forEach((shortcut) => {
    if (registered.get(shortcut.id) === shortcut) {
      registered.delete(shortcut.id);
    }
  });
}

export const activeShortcuts = (): readonly Shortcut[] => [...registered.values()];

/** Enter or a letter that belongs to an input method editor must not act (Korean, Japanese, Chinese). */
export const isComposing = (event: { isComposing?: boolean; keyCode?: number; nativeEvent?: { isComposing?: boolean } }): boolean =>
  event.isComposing === true || event.nativeEvent?.isComposing === true || event.keyCode === 229;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement
  && (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select'));

function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const letter = /^\p{L}$/u.test(key);
  const held = [ctrlKey || metaKey ? 'mod' : '', altKey ? 'alt' : '', letter && shiftKey ? 'shift' : ''];
  return [...held.filter(Boolean), letter ? key.toLowerCase() : key].join('+');
}

/** Listens on the page; called once. @returns stops listening */
export function listenForShortcuts(target: Document = document): () => void {
  let prefix = '';
  let prefixAt = 0;

  function onKeyDown(event: KeyboardEvent): void {
    if (event.defaultPrevented || isComposing(event)) {
      return;
    }
    const name = nameOf(event);
    const single = !name.startsWith('mod+');
    if (single && (isTyping(event.target) || !preferences.get().singleKeys || target.querySelector('[role="dialog"]'))) {
      return;
    }
    const keys = prefix !== '' && event.timeStamp - prefixAt < sequenceMs ? `${prefix} ${name}` : name;
    const bound = (wanted: string) => activeShortcuts().find((shortcut) => shortcut.keys === wanted);
    const found = bound(keys) ?? bound(name);
    prefix = found ? '' : name;
    prefixAt = event.timeStamp;
    if (found) {
      event.preventDefault();
      found.run();
    }
  }

  target.addEventListener('keydown', onKeyDown);
  return () => target.removeEventListener('keydown', onKeyDown);
}
