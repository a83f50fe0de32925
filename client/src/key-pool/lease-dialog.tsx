import { useEffect, useEffectEvent, useState, type FormEvent } from 'react';
import { Button, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { newId } from '../lib/identifier';
import type { LiveList } from '../live/live-list';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Fact, Facts } from '../ui/data-table/peek';
import { Problems } from '../ui/form-problems';
import { LeaseKeyDocument, type LeaseKeyMutation } from './gql/documents';
import type { KeyPoolRow } from './list';

interface LeaseDialogProps {
  list: LiveList<KeyPoolRow>;
  provider: string;
  onClose: () => void;
}

type Answer = LeaseKeyMutation['leaseKey'];

/** An operator's try-out: takes a lease, or a place in the queue and then the lease. The key's secret is not fetched. */
export default function LeaseDialog({ list, provider, onClose }: LeaseDialogProps) {
  const t = useT();
  const act = useAct(LeaseKeyDocument, (data) => data.leaseKey);
  const [request, setRequest] = useState({ requestId: newId(), ttlSeconds: 120, maxWaitSeconds: 60 });
  const [answer, setAnswer] = useState<Answer>();
  const ticketId = answer?.lease ? undefined : answer?.ticket?.id;

  async function take(input: typeof request): Promise<void> {
    const payload = await act.run({ provider, ...input });
    setAnswer(payload);
  }

  // Our ticket left the queue: the same request now answers the lease.
  const onQueueChange = useEffectEvent(() => {
    const pool = list.store.ids().map(list.store.get).find((row) => row?.provider === provider);
    if (ticketId && pool && !act.busy && !pool.queue.some(({ id }) => id === ticketId)) {
      void take(request);
    }
  });
  useEffect(() => {
    const pool = list.store.ids().map(list.store.get).find((row) => row?.provider === provider);
    if (!pool || !ticketId) {
      return undefined;
    }
    // It may have left already: the feed does not wait for the answer that tells of it.
    const look = setTimeout(() => onQueueChange());
    const leave = list.store.subscribeRow(pool.id, () => onQueueChange());
    return () => {
      clearTimeout(look);
      leave();
    };
  }, [list, provider, ticketId]);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const next = { requestId: newId(), ttlSeconds: Number(form.get('ttlSeconds')), maxWaitSeconds: Number(form.get('maxWaitSeconds')) };
    setRequest(next);
    void take(next);
  }

  return (
    <Dialog title={t('lease.try', { provider })} onClose={onClose}>
      <form className={dialog.form} onSubmit={submit}>
        {!answer && (
          <>
            <p className="muted">{t('lease.tryHint')}</p>
            <div className={dialog.pair}>
              <TextInput data-autofocus name="ttlSeconds" type="number" min={5} max={3600} defaultValue={request.ttlSeconds}
                label={t('lease.ttl')} description={t('lease.ttl.help')} required />
              <TextInput name="maxWaitSeconds" type="number" min={0} max={3600} defaultValue={request.maxWaitSeconds}
                label={t('lease.maxWait')} description={t('lease.maxWait.help')} required />
            </div>
          </>
        )}
        {answer?.lease && (
          <div role="status">
            <p>{t('lease.granted')}</p>
            <Facts>
              <Fact name={t('lease.key')}><bdi>{answer.lease.providerKey?.name ?? t('providerKey.shared')}</bdi></Fact>
              <Fact name={t('lease.fencingToken')}><code>{answer.lease.fencingToken}</code></Fact>
            </Facts>
          </div>
        )}
        {answer && !answer.lease && answer.ticket && (
          <p role="status">{t('lease.queued', { place: answer.ticket.place, reason: t(`ticket.reason.${answer.ticket.reason}`) })}</p>
        )}
        <Problems problems={act.problems} onRetry={() => void take(request)} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.close')}</Button>
          {!answer && <Button type="submit" loading={act.busy}>{t('lease.take')}</Button>}
        </div>
      </form>
    </Dialog>
  );
}
