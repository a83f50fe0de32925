import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import { EntitlementPanel } from './entitlement-panel';

interface TenantEntitlementsDialogProps {
  onGranted: () => void;
  onClose: () => void;
}

export default function TenantEntitlementsDialog({ onGranted, onClose }: TenantEntitlementsDialogProps) {
  const t = useT();
  return (
    <Dialog title={t('entitlement.title')} size={560} onClose={onClose}><EntitlementPanel onGranted={onGranted} /></Dialog>
  );
}
