import type { FormEvent } from 'react';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { AddProviderKeyDocument } from './gql/documents';
import type { KeyPoolRow } from './list';

interface AddKeyDialogProps {
  provider?: string;
  onClose: () => void;
  onAdded: (pool: KeyPoolRow) => void;
}

const fields = ['provider', 'name', 'secret', 'concurrencyLimit', 'rpmLimit', 'priority', 'tenantScope'];

/** A vendor's key, pasted once and never shown again. */
export default function AddKeyDialog({ provider, onClose, onAdded }: AddKeyDialogProps) {
  const t = useT();
  const act = useAct(AddProviderKeyDocument, (data) => data.addProviderKey);
  const problems = useFormProblems(act.problems, fields);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (field: string): string => String(form.get(field) ?? '').trim();
    const payload = await act.run({
      provider: provider ?? text('provider'),
      name: text('name'),
      secret: text('secret'),
      concurrencyLimit: Number(text('concurrencyLimit')),
      rpmLimit: text('rpmLimit') === '' ? null : Number(text('rpmLimit')),
      priority: Number(text('priority')),
      tenantScope: text('tenantScope'),
    });
    if (payload?.keyPool) {
      onAdded(payload.keyPool);
      onClose();
    }
  }

  return (
    <Dialog title={t('keyPool.addKey')} size={520} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <TextInput data-autofocus={!provider} name="provider" label={t('providerKey.provider')} description={t('providerKey.provider.help')}
          defaultValue={provider} disabled={Boolean(provider)} pattern="[a-z0-9\-]+" required autoComplete="off"
          error={problems.of('provider')} />
        <TextInput data-autofocus={Boolean(provider)} name="name" label={t('providerKey.name')} required autoComplete="off"
          error={problems.of('name')} />
        <PasswordInput name="secret" label={t('providerKey.secret')} description={t('providerKey.secret.help')} required
          autoComplete="off" error={problems.of('secret')} visibilityToggleButtonProps={{ 'aria-label': t('password.show') }} />
        <div className={dialog.pair}>
          <TextInput name="concurrencyLimit" type="number" min={1} defaultValue={1} label={t('providerKey.concurrencyLimit')}
            description={t('providerKey.concurrencyLimit.help')} required error={problems.of('concurrencyLimit')} />
          <TextInput name="rpmLimit" type="number" min={0} label={t('providerKey.rpmLimit')} description={t('limit.help')}
            error={problems.of('rpmLimit')} />
          <TextInput name="priority" type="number" defaultValue={0} label={t('providerKey.priorityLabel')}
            description={t('providerKey.priority.help')}
            required error={problems.of('priority')} />
          <TextInput name="tenantScope" defaultValue="*" label={t('providerKey.tenantScope')}
            description={t('providerKey.tenantScope.help')}
            required error={problems.of('tenantScope')} />
        </div>
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t('keyPool.addKey')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
