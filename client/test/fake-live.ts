import { act } from '@testing-library/react';
import { observable } from '../src/lib/observable';
import type { Handlers, Live, SocketState } from '../src/live/socket';

/** Feeds that say what a test lets them say. A change feed says at once that it is complete from here on. */
export function fakeLive() {
  const feeds = new Set<{ field: string; variables: Record<string, unknown>; handlers: Handlers<any> }>();
  let cursors = 0;

  const live: Live = {
    state: observable<SocketState>({ kind: 'live' }),
    reconnect: () => undefined,
    subscribe(document, variables, handlers) {
      const field = /\{(\w+)/.exec(document.text)?.[1] ?? '';
      const feed = { field, variables, handlers };
      feeds.add(feed);
      if (field.endsWith('Changed')) {
        handlers.next({ [field]: { cursor: '0', position: '0', node: null } } as never);
      }
      return () => feeds.delete(feed);
    },
  };

  function tell(field: string, item: object): Promise<void> {
    return act(async () => {
      [...feeds].filter((feed) => feed.field === field).forEach(({ handlers }) => handlers.next({ [field]: item }));
      // What a feed brought is drawn with the next frame.
      await new Promise((resolve) => requestAnimationFrame(resolve));
    });
  }

  return {
    live,
    /** How many listen to a feed. */
    listeners: (field: string): number => [...feeds].filter((feed) => feed.field === field).length,
    tell,
    /** A feed has told all it had to tell. */
    end: (field: string): Promise<void> => act(async () => [...feeds].filter((feed) => feed.field === field).forEach(({ handlers }) => handlers.complete?.())),
    /** Something changed to this. */
    change(field: string, node: object): Promise<void> {
      cursors += 1;
      return tell(field, { cursor: String(cursors), position: String(cursors), node });
    },
  };
}
