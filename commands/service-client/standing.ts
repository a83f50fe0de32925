import type { Auth } from '../../src/auth/port';
import type { CommandRuntime } from '../../src/command-runtime/port';
import { serviceClient } from './decider';

/** Lets keys of a service client be judged by what the log says of it now, on every node within a second. */
export async function settleServiceClient(
  { commands, auth }: { commands: CommandRuntime; auth: Pick<Auth, 'standings'> }, clientId: string,
): Promise<void> {
  const { state, revision } = await commands.load(serviceClient, clientId);
  if (!state.exists) return;
  const { tenantId, scopes, deleted } = state;
  await auth.standings.setServiceClient(clientId, { tenantId, scopes, deleted, revision });
}
