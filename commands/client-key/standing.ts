import type { Auth } from '../../src/auth/port';
import type { CommandRuntime } from '../../src/command-runtime/port';
import { clientKey } from './decider';

/** Lets calls with a key be judged by what the log says of it now, on every node within a second. */
export async function settleClientKey(
  { commands, auth }: { commands: CommandRuntime; auth: Pick<Auth, 'clientKeys'> }, keyId: string,
): Promise<void> {
  const { state } = await commands.load(clientKey, keyId);
  if (!state.exists) return;
  const { fingerprint, tenantId, ownerKind, ownerId, scopes, expiresAt, revoked } = state;
  await auth.clientKeys.keep(fingerprint, { keyId, tenantId, ownerKind, ownerId, scopes, expiresAt: new Date(expiresAt), revoked });
}
