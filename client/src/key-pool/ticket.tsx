import { useT } from '../i18n/use-t';
import { duration } from '../lib/format';
import { useSeconds } from '../ui/use-now';
import { GiveUpTicket } from './give-up-ticket';
import { Holder } from './holder';
import styles from './key-pools-screen.module.css';
import type { TicketRow } from './list';
import { TicketReason } from './ticket-reason';

interface TicketProps {
  ticket: TicketRow;
  /** It left the queue while the pointer was on it. */
  gone: boolean;
}

/** A place in the queue: who, why they wait, since when. */
export function Ticket({ ticket, gone }: TicketProps) {
  const t = useT();
  const now = useSeconds();
  const { place, holder, enqueuedAt } = ticket;
  return (
    <li className={styles.ticket} data-gone={gone || undefined}>
      <span className={styles.place}>{gone ? '–' : place}</span>
      <strong className={styles.holder}><Holder holder={holder} /></strong>
      {gone ? <span className="muted">{t('ticket.gone')}</span> : (
        <>
          <TicketReason ticket={ticket} />
          <GiveUpTicket ticket={ticket} />
          <span className={styles.end}>{duration(Math.max(0, now - Date.parse(enqueuedAt)))}</span>
        </>
      )}
    </li>
  );
}
