import { PasswordInput } from '@mantine/core';
import { useT } from '../i18n/use-t';

interface NewPasswordInputProps {
  name: string;
  label: string;
  error?: string;
  autoFocus?: boolean;
}

/** A password that somebody chooses, with the rules beside it. */
export function NewPasswordInput({ name, label, error, autoFocus }: NewPasswordInputProps) {
  const t = useT();
  return (
    <PasswordInput name={name} label={label} description={t('password.rules')} error={error} required withAsterisk={false}
      autoFocus={autoFocus} data-autofocus={autoFocus || undefined} autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': t('password.show') }} />
  );
}
