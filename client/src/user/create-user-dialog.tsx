import '@mantine/core/styles/FloatingIndicator.layer.css';
import '@mantine/core/styles/SegmentedControl.layer.css';
import { useState } from 'react';
import { SegmentedControl } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { CreateManyForm } from './create-many-form';
import { CreateOneForm } from './create-one-form';
import type { UserRow } from './list';

interface CreateUserDialogProps {
  onClose: () => void;
  onCreated: (user: UserRow) => void;
}

/** People of the tenant: one with all that is known about them, or a pasted list. */
export default function CreateUserDialog({ onClose, onCreated }: CreateUserDialogProps) {
  const t = useT();
  const [many, setMany] = useState(false);
  return (
    <Dialog title={t('user.create')} size={560} onClose={onClose}>
      <div className={dialog.form}>
        <SegmentedControl size="xs" aria-label={t('user.create')} value={many ? 'many' : 'one'}
          data={[{ value: 'one', label: t('user.create.one') }, { value: 'many', label: t('user.create.many') }]}
          onChange={(value) => setMany(value === 'many')} />
        {/* The other way is hidden, not taken away: what was typed there waits. */}
        <div hidden={many}><CreateOneForm onClose={onClose} onCreated={onCreated} /></div>
        <div hidden={!many}><CreateManyForm onClose={onClose} onCreated={onCreated} /></div>
      </div>
    </Dialog>
  );
}
