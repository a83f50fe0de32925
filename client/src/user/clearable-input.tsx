import { Checkbox, TextInput } from '@mantine/core';
import { useT } from '../i18n/use-t';
import type { Clearable } from './batch-changes';
import styles from './batch.module.css';

interface ClearableInputProps {
  label: string;
  value: Clearable;
  error: string | undefined;
  onChange: (value: Clearable) => void;
}

/** Empty keeps what each has; the switch beside it takes it away. */
export function ClearableInput({ label, value, error, onChange }: ClearableInputProps) {
  const t = useT();
  return (
    <div className={styles.clearable}>
      <TextInput label={label} placeholder={t(value.clear ? 'batch.cleared' : 'batch.keep')} value={value.clear ? '' : value.text}
        disabled={value.clear} error={error} autoComplete="off"
        onChange={(event) => onChange({ ...value, text: event.currentTarget.value })} />
      <Checkbox label={t('batch.clear')} aria-label={t('batch.clearField', { field: label })} checked={value.clear}
        onChange={(event) => onChange({ ...value, clear: event.currentTarget.checked })} />
    </div>
  );
}
