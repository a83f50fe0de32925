import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import DangerDialog from '../ui/danger-dialog';
import { RevokeClientKeyDocument } from './gql/documents';
import type { ClientKeyRow } from './list';

interface RevokeClientKeyDialogProps {
  clientKey: ClientKeyRow;
  onClose: () => void;
  onRevoked: (clientKey: ClientKeyRow) => void;
}

/** Asks before a key ends for good. */
export default function RevokeClientKeyDialog({ clientKey, onClose, onRevoked }: RevokeClientKeyDialogProps) {
  const t = useT();
  const act = useAct(RevokeClientKeyDocument, ({ revokeClientKey }) => revokeClientKey);
  const { id, name, useCount } = clientKey;

  async function confirm(): Promise<void> {
    const payload = await act.run({ keyId: id });
    if (payload) {
      onRevoked(payload.clientKey ?? { ...clientKey, state: 'REVOKED' });
      onClose();
    }
  }

  return (
    <DangerDialog
      title={t('clientKey.revoke.title', { name })}
      consequences={[t('clientKey.revoke.calls', { count: useCount }), t('clientKey.revoke.final')]}
      name={name}
      act={t('clientKey.revoke')}
      busy={act.busy}
      problems={act.problems}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  );
}
