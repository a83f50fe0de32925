import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { Dialog } from './dialog';
import dialog from './dialog.module.css';

interface LostSecretDialogProps {
  title: string;
  /** What was made, and what of it nobody has seen. */
  lost?: string;
  /** What now. */
  next: string;
  onClose: () => void;
}

/** The answer that held a secret was lost, and the same request sent again is answered without it: a secret is shown once. */
export default function LostSecretDialog({ title, lost, next, onClose }: LostSecretDialogProps) {
  const t = useT();
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={dialog.form}>
        <p>{lost ?? t('secret.lost')}</p>
        <p>{next}</p>
        <div className={dialog.buttons}><Button data-autofocus onClick={onClose}>{t('secret.done')}</Button></div>
      </div>
    </Dialog>
  );
}
