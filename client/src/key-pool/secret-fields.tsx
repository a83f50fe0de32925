import { PasswordInput } from '@mantine/core';
import { useT } from '../i18n/use-t';

/** Vendors whose keys have two parts. */
const twoParts: readonly string[] = ['kling'];

export const hasAccessKey = (provider: string): boolean => twoParts.includes(provider);

interface SecretFieldsProps {
  provider: string;
  problemOf: (field: string) => string | undefined;
}

/** The secret of a provider key, pasted once: fields `secret` and, for vendors with two parts, `accessKey`. */
export function SecretFields({ provider, problemOf }: SecretFieldsProps) {
  const t = useT();
  const two = hasAccessKey(provider);
  const shown = { 'aria-label': t('password.show') };
  return (
    <>
      {two && (
        <PasswordInput name="accessKey" label={t('providerKey.accessKey')} required autoComplete="off" error={problemOf('accessKey')}
          visibilityToggleButtonProps={shown} />
      )}
      <PasswordInput name="secret" label={t(two ? 'providerKey.secretKey' : 'providerKey.secret')} description={t('providerKey.secret.help')}
        required autoComplete="off" error={problemOf('secret')} visibilityToggleButtonProps={shown} />
    </>
  );
}
