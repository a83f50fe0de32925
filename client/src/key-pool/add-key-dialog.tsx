import { useState, type FormEvent } from 'react';
import { Button, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { AddProviderKeyDocument } from './gql/documents';
import { emptyKeyForm, valuesOf } from './key-changes';
import { KeyFields } from './key-fields';
import type { KeyPoolRow } from './list';
import { hasAccessKey, SecretFields } from './secret-fields';

interface AddKeyDialogProps {
  provider?: string;
  onClose: () => void;
  onAdded: (pool: KeyPoolRow) => void;
}

const fields = ['provider', 'name', 'accessKey', 'secret', 'concurrencyLimit', 'rpmLimit', 'priority', 'tenantScope', 'expiresAt'];

/** A vendor's key, pasted once and never shown again. */
export default function AddKeyDialog({ provider: given, onClose, onAdded }: AddKeyDialogProps) {
  const t = useT();
  const act = useAct(AddProviderKeyDocument, (data) => data.addProviderKey);
  const problems = useFormProblems(act.problems, fields);
  const [provider, setProvider] = useState(given ?? '');
  const [form, setForm] = useState(emptyKeyForm);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const secret = (field: string): string => String(typed.get(field) ?? '').trim();
    const payload = await act.run({
      provider: provider.trim(),
      secret: secret('secret'),
      ...(hasAccessKey(provider.trim()) && { accessKey: secret('accessKey') }),
      ...valuesOf(form),
    });
    if (payload?.keyPool) {
      onAdded(payload.keyPool);
      onClose();
    }
  }

  return (
    <Dialog title={t('keyPool.addKey')} size={520} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <TextInput data-autofocus={!given} label={t('providerKey.provider')} description={t('providerKey.provider.help')} value={provider}
          disabled={Boolean(given)} pattern="[a-z0-9\-]+" required autoComplete="off" error={problems.of('provider')}
          onChange={(event) => setProvider(event.currentTarget.value)} />
        <TextInput data-autofocus={Boolean(given)} label={t('providerKey.name')} required autoComplete="off" value={form.name}
          error={problems.of('name')} onChange={(event) => setForm({ ...form, name: event.currentTarget.value })} />
        <SecretFields provider={provider.trim()} problemOf={problems.of} />
        <KeyFields form={form} problemOf={problems.of} onChange={(change) => setForm({ ...form, ...change })} />
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t('keyPool.addKey')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
