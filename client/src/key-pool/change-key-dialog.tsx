import { useState, type FormEvent } from 'react';
import { Button, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { ChangeProviderKeyDocument } from './gql/documents';
import { formOf, keyChanges } from './key-changes';
import { finish, type KeyDialogProps } from './key-dialog';
import { KeyFields } from './key-fields';

const fields = ['name', 'concurrencyLimit', 'rpmLimit', 'priority', 'tenantScope', 'expiresAt'];

/** Name, limits, scope and expiry of a key; only what was changed is sent. */
export default function ChangeKeyDialog({ providerKey, onChanged, onClose }: KeyDialogProps) {
  const t = useT();
  const act = useAct(ChangeProviderKeyDocument, (data) => data.changeProviderKey);
  const problems = useFormProblems(act.problems, fields);
  // What the form started from: a change that somebody else makes meanwhile is not taken back by saving.
  const [base] = useState(providerKey);
  const [form, setForm] = useState(() => formOf(providerKey));
  const changes = keyChanges(base, form);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (Object.keys(changes).length === 0) {
      onClose();
      return;
    }
    const payload = await act.run({ providerKeyId: base.id, ...changes });
    finish(payload, { onChanged, onClose });
  }

  return (
    <Dialog title={t('providerKey.change.title', { name: base.name })} size={520} closable={!act.busy} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <TextInput data-autofocus label={t('providerKey.name')} required autoComplete="off" value={form.name} error={problems.of('name')}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })} />
        <KeyFields form={form} problemOf={problems.of} onChange={(change) => setForm({ ...form, ...change })} />
        <p className="muted">{t('providerKey.change.help')}{base.specified && ` ${t('providerKey.specified.help')}`}</p>
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" disabled={act.busy} onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t('form.save')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
