import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import DangerDialog from '../ui/danger-dialog';
import { DeleteServiceClientDocument } from './gql/documents';
import type { ServiceClientRow } from './list';

interface DeleteServiceClientDialogProps {
  serviceClient: ServiceClientRow;
  onClose: () => void;
  onDeleted: () => void;
}

/** Asks before a service client is deleted with its keys. */
export default function DeleteServiceClientDialog({ serviceClient: { id, name }, onClose, onDeleted }: DeleteServiceClientDialogProps) {
  const t = useT();
  const act = useAct(DeleteServiceClientDocument, ({ deleteServiceClient }) => deleteServiceClient);

  async function confirm(): Promise<void> {
    if (await act.run({ clientId: id, confirmation: name })) {
      onClose();
      onDeleted();
    }
  }

  return (
    <DangerDialog
      title={t('serviceClient.delete.title', { name })}
      consequences={[t('serviceClient.delete.keys'), t('serviceClient.delete.history')]}
      name={name}
      act={t('serviceClient.delete')}
      busy={act.busy}
      problems={act.problems}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  );
}
