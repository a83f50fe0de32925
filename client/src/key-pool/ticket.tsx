import { useT } from '../i18n/use-t';
import { duration } from '../lib/format';
import { keyOf } from '../lib/global-id';
import { useSession } from '../session';
import { StatusPill } from '../ui/status-pill';
import { useSeconds } from '../ui/use-now';
import styles from './key-pools-screen.module.css';
import type { TicketRow } from './list';

/** A place in the queue: who, why they wait, since when. */
export function Ticket({ ticket: { place, holder, reason, enqueuedAt, retryAfterMs } }: { ticket: TicketRow }) {
  const t = useT();
  const now = useSeconds();
  const { viewer } = useSession();
  return (
    <li className={styles.ticket}>
      <span className={styles.place}>{place}</span>
      <strong className={styles.holder}>{holder === keyOf(viewer.user.id) ? t('lease.you') : <code><bdi>{holder}</bdi></code>}</strong>
      <StatusPill tone={reason === 'NO_KEYS' ? 'bad' : 'waiting'}>{t(`ticket.reason.${reason}`)}</StatusPill>
      <span className={styles.end}>
        {duration(Math.max(0, now - Date.parse(enqueuedAt)))}
        {retryAfterMs !== null && ` · ${t('ticket.retry', { time: duration(retryAfterMs) })}`}
      </span>
    </li>
  );
}
