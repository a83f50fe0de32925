import styles from './status-pill.module.css';
import { IconAlertTriangle, IconCheck, IconFlask, IconList, IconLock, IconMinus, IconPlayerPlay, IconX } from './icons';

export type Tone = 'queued' | 'cancelled' | 'waiting' | 'warning' | 'running' | 'good' | 'bad' | 'simulated';

const icons = {
  queued: IconList,
  cancelled: IconMinus,
  waiting: IconLock,
  warning: IconAlertTriangle,
  running: IconPlayerPlay,
  good: IconCheck,
  bad: IconX,
  simulated: IconFlask,
} as const;

/** A state: icon, word and colour together, never colour alone. */
export function StatusPill({ tone, children }: { tone: Tone; children: string }) {
  const Icon = icons[tone];
  return (
    <span className={styles.pill} data-tone={tone}>
      <Icon size={12} stroke={2} aria-hidden />
      {children}
    </span>
  );
}
