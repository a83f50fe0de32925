import { useState } from 'react';
import { useT } from '../i18n/use-t';
import { duration } from '../lib/format';
import { StatusPill } from '../ui/status-pill';
import { useSeconds } from '../ui/use-now';
import type { TicketRow } from './list';

/** Why somebody waits, and how much longer: until the rate reopens, and as leases of this pool usually last. */
export function TicketReason({ ticket }: { ticket: TicketRow }) {
  const t = useT();
  const now = useSeconds();
  // What the server counted in milliseconds from its answer runs on from when it arrived.
  const [told, setTold] = useState({ ticket, at: now });
  if (told.ticket !== ticket) {
    setTold({ ticket, at: now });
  }
  const left = (ms: number): string => duration(Math.max(0, Math.ceil((ms - (now - told.at)) / 1_000)) * 1_000);
  const { reason, retryAfterMs, estimatedWaitMs } = ticket;
  return (
    <>
      <StatusPill tone={reason === 'NO_KEYS' ? 'bad' : 'waiting'}>{t(`ticket.reason.${reason}`)}</StatusPill>
      {retryAfterMs !== null && <span className="muted number">{t('ticket.retry', { time: left(retryAfterMs) })}</span>}
      {estimatedWaitMs !== null && <span className="muted number">{t('ticket.estimate', { time: left(estimatedWaitMs) })}</span>}
    </>
  );
}
