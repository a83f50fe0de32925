import { TextInput } from '@mantine/core';
import { useT } from '../i18n/use-t';
import dialog from '../ui/dialog.module.css';
import type { KeyForm } from './key-changes';

interface KeyFieldsProps {
  form: KeyForm;
  problemOf: (field: string) => string | undefined;
  onChange: (change: Partial<KeyForm>) => void;
}

/** Limits, order of use, scope and expiry of a provider key. */
export function KeyFields({ form, problemOf, onChange }: KeyFieldsProps) {
  const t = useT();
  return (
    <div className={dialog.pair}>
      <TextInput type="number" min={1} label={t('providerKey.concurrencyLimit')} description={t('providerKey.concurrencyLimit.help')} required
        value={form.concurrencyLimit} error={problemOf('concurrencyLimit')}
        onChange={(event) => onChange({ concurrencyLimit: event.currentTarget.value })} />
      <TextInput type="number" min={0} label={t('providerKey.rpmLimit')} description={t('limit.help')} value={form.rpmLimit}
        error={problemOf('rpmLimit')} onChange={(event) => onChange({ rpmLimit: event.currentTarget.value })} />
      <TextInput type="number" label={t('providerKey.priorityLabel')} description={t('providerKey.priority.help')} required
        value={form.priority} error={problemOf('priority')} onChange={(event) => onChange({ priority: event.currentTarget.value })} />
      <TextInput label={t('providerKey.tenantScope')} description={t('providerKey.tenantScope.help')} required value={form.tenantScope}
        error={problemOf('tenantScope')} onChange={(event) => onChange({ tenantScope: event.currentTarget.value })} />
      <TextInput type="datetime-local" step={1} label={t('providerKey.expiresAt')} description={t('providerKey.expiresAt.help')}
        value={form.expiresAt} error={problemOf('expiresAt')} onChange={(event) => onChange({ expiresAt: event.currentTarget.value })} />
    </div>
  );
}
