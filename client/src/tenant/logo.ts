import { sawPosition } from '../graphql/position';
import { ofExtensions, type Problem } from '../graphql/problem';
import { signInAgain } from '../graphql/session-expiry';
import { refreshSession } from '../session';

const types = ['image/png', 'image/svg+xml'] as const;

export const logoTypes = types.join(',');

const largestBytes = 1_048_576;

/** What the browser itself can tell about a file that will not do. */
export function logoProblem({ type, size }: Pick<File, 'type' | 'size'>): Problem | undefined {
  if (!(types as readonly string[]).includes(type)) {
    return { code: 'V1001', rule: 'content_type' };
  }
  return size > largestBytes ? { code: 'V1004', rule: 'logo_size' } : undefined;
}

/** A file as a `data:` address, which the content security policy lets an image show. */
export const readAsDataUrl = (file: Blob): Promise<string> => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.addEventListener('load', () => resolve(String(reader.result)));
  reader.addEventListener('error', () => reject(reader.error ?? new Error('The file cannot be read')));
  reader.readAsDataURL(file);
});

/**
 * Puts the logo of one's tenant in place. What the server says of the session is taken as the GraphQL client takes it:
 * a session that is over asks to sign in and the logo is sent once more, lost rights are looked at again.
 * @returns what went wrong, or nothing
 */
export async function putLogo(file: File): Promise<Problem | undefined> {
  let problem = await sendLogo(file);
  if (problem?.code === 'E4011') {
    await signInAgain();
    problem = await sendLogo(file);
  }
  if (problem?.code === 'E4031') {
    void refreshSession();
  }
  return problem;
}

async function sendLogo(file: File): Promise<Problem | undefined> {
  try {
    const response = await fetch('/logo', {
      method: 'PUT',
      credentials: 'same-origin',
      headers: { 'content-type': file.type, accept: 'application/json', 'apollo-require-preflight': 'true' },
      body: file,
    });
    const { position, errors } = await response.json() as { position?: string; errors?: { extensions?: Record<string, unknown> }[] };
    sawPosition(position);
    return response.ok ? undefined : ofExtensions(errors?.[0]?.extensions ?? {});
  } catch {
    // Neither an answer nor JSON: the server, or the way to it, is down.
    return { code: 'OFFLINE' };
  }
}
