import { useSyncExternalStore } from 'react';
import { observable } from '../lib/observable';

const message = observable('');

/** Says something to screen readers, politely. */
export const announce = (text: string): void => message.set(text);

/** The one polite live region of the page. */
export function Announcer() {
  const text = useSyncExternalStore(message.subscribe, message.get);
  return <div role="status" aria-live="polite" className="visually-hidden">{text}</div>;
}
