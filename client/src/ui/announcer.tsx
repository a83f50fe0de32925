import { useSyncExternalStore } from 'react';
import { observable } from '../lib/observable';

interface Message {
  id: number;
  text: string;
}

const keptMs = 10_000;
const messages = observable<readonly Message[]>([]);
let announced = 0;

/** Says something to screen readers, politely; the same words twice are said twice, and nothing cuts off what came before. */
export function announce(text: string): void {
  announced += 1;
  const id = announced;
  messages.set([...messages.get(), { id, text }]);
  setTimeout(() => messages.set(messages.get().filter((message) => message.id !== id)), keptMs);
}

/** The one polite live region of the page: each message is an addition to it. */
export function Announcer() {
  const shown = useSyncExternalStore(messages.subscribe, messages.get);
  return (
    <div role="status" aria-live="polite" aria-atomic="false" className="visually-hidden">
      {shown.map(({ id, text }) => <p key={id}>{text}</p>)}
    </div>
  );
}
