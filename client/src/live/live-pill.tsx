import { useT, type T } from '../i18n/use-t';
import { clock } from '../lib/format';
import { useSeconds } from '../ui/use-now';
import { useSocketState } from './context';
import styles from './live-pill.module.css';
import type { SocketState } from './socket';

function wordsOf(t: T, state: SocketState, now: number): string {
  switch (state.kind) {
    case 'live':
      return t('live.live');
    case 'idle':
      return t('live.idle');
    case 'connecting':
      return t('live.connecting');
    case 'reconnecting':
      return t('live.reconnecting', { seconds: Math.max(1, Math.ceil((state.at - now) / 1_000)) });
    case 'offline':
      return t('live.offline', { time: clock(state.since, t.language) });
    default:
      return state satisfies never;
  }
}

/** Whether what is on screen is the newest there is. */
export function LivePill() {
  const t = useT();
  const state = useSocketState();
  const now = useSeconds();
  const words = wordsOf(t, state, now);
  return <span className={styles.pill} data-kind={state.kind} title={words}><span>{words}</span></span>;
}
