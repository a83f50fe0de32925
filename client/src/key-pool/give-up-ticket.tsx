import { Button } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import { useSession } from '../session';
import { Problems } from '../ui/form-problems';
import { CancelTicketDocument } from './gql/documents';
import type { TicketRow } from './list';

/** Only who waits gives up their place. */
export function GiveUpTicket({ ticket: { id, holder } }: { ticket: Pick<TicketRow, 'id' | 'holder'> }) {
  const t = useT();
  const { viewer } = useSession();
  const act = useAct(CancelTicketDocument, (data) => data.cancelTicket);
  return holder === keyOf(viewer.user.id) && (
    <>
      <Button size="compact-xs" variant="default" loading={act.busy} onClick={() => void act.run({ ticketId: id })}>{t('ticket.giveUp')}</Button>
      <Problems problems={act.problems} />
    </>
  );
}
