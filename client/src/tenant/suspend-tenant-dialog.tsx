import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import DangerDialog from '../ui/danger-dialog';
import { SuspendTenantDocument } from './gql/documents';
import type { TenantRow } from './list';

interface SuspendTenantDialogProps {
  tenant: TenantRow;
  onClose: () => void;
  onSuspended: (tenant: TenantRow) => void;
}

/** Asks before a tenant's people and programs are shut out. */
export default function SuspendTenantDialog({ tenant: { id, name, slug }, onClose, onSuspended }: SuspendTenantDialogProps) {
  const t = useT();
  const act = useAct(SuspendTenantDocument, ({ suspendTenant }) => suspendTenant);

  async function confirm(): Promise<void> {
    const payload = await act.run({ tenantId: id, confirmation: slug });
    if (payload?.tenant) {
      onSuspended(payload.tenant);
      onClose();
    }
  }

  return (
    <DangerDialog
      title={t('tenant.suspend.title', { name })}
      consequences={[t('tenant.suspend.people'), t('tenant.suspend.keys'), t('tenant.suspend.history')]}
      name={slug}
      act={t('tenant.suspend')}
      busy={act.busy}
      problems={act.problems}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  );
}
