import { Dialog } from '../ui/dialog';
import { GrantForm, type GrantFormProps } from './grant-form';

interface GrantDialogProps extends Omit<GrantFormProps, 'onCancel'> {
  title: string;
  onClose: () => void;
}

/** The grants of one subject, to be changed. */
export default function GrantDialog({ title, onClose, ...form }: GrantDialogProps) {
  return <Dialog title={title} size={560} onClose={onClose}><GrantForm {...form} onCancel={onClose} /></Dialog>;
}
