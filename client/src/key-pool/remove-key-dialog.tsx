import { useState } from 'react';
import { Button } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import DangerDialog from '../ui/danger-dialog';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems } from '../ui/form-problems';
import { DeactivateProviderKeyDocument, RemoveProviderKeyDocument } from './gql/documents';
import { finish, type KeyDialogProps } from './key-dialog';

const leasedRule = 'provider_key_leased';

/** Asks before a key goes for good. While it is leased it cannot: it can be switched off, and the last lease waited for. */
export default function RemoveKeyDialog(props: KeyDialogProps) {
  const { providerKey, onChanged, onClose } = props;
  const t = useT();
  const act = useAct(RemoveProviderKeyDocument, (data) => data.removeProviderKey);
  const [refused, setRefused] = useState(false);
  const { id, name, activeLeases } = providerKey;

  if (activeLeases > 0 || refused) {
    return <LeasedKeyDialog {...props} onFree={() => setRefused(false)} />;
  }

  async function confirm(): Promise<void> {
    const { payload, problems } = await act.send({ providerKeyId: id, confirmation: name });
    setRefused(problems.some(({ rule }) => rule === leasedRule));
    finish(payload, { onChanged, onClose });
  }

  return (
    <DangerDialog
      title={t('providerKey.remove.title', { name })}
      consequences={[t('providerKey.remove.final'), t('providerKey.remove.history')]}
      name={name}
      act={t('providerKey.remove')}
      busy={act.busy}
      problems={act.problems}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  );
}

/** Somebody holds the key. Once it is off nothing new is granted, and the dialog goes on by itself when the last lease has ended. */
function LeasedKeyDialog({ providerKey, onChanged, onClose, onFree }: KeyDialogProps & { onFree: () => void }) {
  const t = useT();
  const act = useAct(DeactivateProviderKeyDocument, (data) => data.deactivateProviderKey);
  const { id, name, active, activeLeases } = providerKey;

  async function switchOff(): Promise<void> {
    const payload = await act.run({ providerKeyId: id });
    if (payload?.keyPool) {
      onChanged(payload.keyPool);
    }
  }

  return (
    <Dialog title={t('providerKey.remove.title', { name })} closable={!act.busy} onClose={onClose}>
      <div className={dialog.form}>
        <p role="status">{t('providerKey.leased', { count: activeLeases })}</p>
        <p className="muted">{t(active ? 'providerKey.leased.next' : 'providerKey.leased.waiting')}</p>
        <Problems problems={act.problems} />
        <div className={dialog.buttons}>
          <Button variant="default" disabled={act.busy} onClick={onClose}>{t('dialog.cancel')}</Button>
          {active && (
            <Button data-autofocus loading={act.busy} onClick={() => void switchOff()}>{t('providerKey.leased.act')}</Button>
          )}
          {activeLeases === 0 && <Button onClick={onFree}>{t('problem.retry')}</Button>}
        </div>
      </div>
    </Dialog>
  );
}
