import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import DangerDialog from '../ui/danger-dialog';
import { RevokeLeaseDocument } from './gql/documents';
import { finish } from './key-dialog';
import type { KeyPoolRow, LeaseRow } from './list';

interface RevokeLeaseDialogProps {
  pool: KeyPoolRow;
  lease: LeaseRow;
  onChanged: (pool: KeyPoolRow) => void;
  onClose: () => void;
}

/** Asks before a lease is taken from its holder, who may be at work with the key right now. */
export default function RevokeLeaseDialog({ pool, lease, onChanged, onClose }: RevokeLeaseDialogProps) {
  const t = useT();
  const act = useAct(RevokeLeaseDocument, (data) => data.revokeLease);
  const { id, holder, fencingToken, providerKey } = lease;

  async function confirm(): Promise<void> {
    const payload = await act.run({ leaseId: id });
    finish(payload, { onChanged, onClose });
  }

  return (
    <DangerDialog
      title={t('lease.revoke.title', { holder })}
      consequences={[t('lease.revoke.told'), t('lease.revoke.fencing', { token: fencingToken }), t('lease.revoke.work')]}
      name={providerKey?.name ?? pool.provider}
      act={t('lease.revoke')}
      busy={act.busy}
      problems={act.problems}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  );
}
