/** What Kling calls are signed with. */
export interface KlingCredentials {
  accessKey: string;
  secretKey: string;
}

/** The two halves of a Kling key as the one secret that the vault keeps. The same halves give the same text. */
export const klingSecret = (accessKey: string, secretKey: string): string => JSON.stringify({ accessKey, secretKey });

/** The two halves again, or undefined when the secret is something else. */
export function parseKlingSecret(text: string): KlingCredentials | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { accessKey, secretKey } = (value ?? {}) as Partial<Record<keyof KlingCredentials, unknown>>;
  return typeof accessKey === 'string' && typeof secretKey === 'string' ? { accessKey, secretKey } : undefined;
}
