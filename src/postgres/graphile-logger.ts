import { Logger } from 'graphile-worker';
import type { Log } from './log';

/** Hands graphile-worker's messages to our log: errors and warnings with their text, the chatter dropped. */
export function graphileLogger(log: Log): Logger {
  return new Logger(() => (level: string, message: string) => {
    if (level === 'error') log.error({ component: 'jobs' }, message);
    else if (level === 'warning') log.warn({ component: 'jobs' }, message);
  });
}
