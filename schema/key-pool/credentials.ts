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

/** Shorter secrets show nothing of themselves. */
const TELLING_LENGTH = 8;

/** What is shown of a secret: its last four characters, of a Kling key those of its secret half; nothing of other structures. */
export function lastFourOf(secret: string): string {
  const shown = parseKlingSecret(secret)?.secretKey ?? secret;
  return shown.length < TELLING_LENGTH || /^[[{]/.test(shown) ? '' : shown.slice(-4);
}
