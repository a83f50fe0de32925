import { clientKeyEvents } from '../../schema/client-key/events';
import { serviceClientEvents } from '../../schema/service-client/events';
import { userEvents } from '../../schema/user/events';
import type { Auth } from '../../src/auth/port';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Task } from '../../src/jobs/port';
import type { Reactor } from '../../src/projection-runtime/projector';
import { causeOf, followUp, type Cause } from '../follow-up';
import { serviceClient } from '../service-client/decider';
import { user } from '../user/decider';
import { clientKey, type ClientKey } from './decider';
import { settleClientKey } from './standing';

export const SETTLE_CLIENT_KEY = 'settle-client-key';
export const REVOKE_KEYS_OF_OWNER = 'revoke-keys-of-owner';

interface Services {
  commands: CommandRuntime;
  auth: Pick<Auth, 'clientKeys'>;
}

interface KeyJob extends Cause {
  keyId: string;
}

interface OwnerJob extends Cause {
  ownerKind: 'user' | 'service';
  ownerId: string;
}

/** Makes sure that keys are judged by what the log says, also when the server died right after the append. */
export const clientKeyReactor: Reactor<typeof clientKeyEvents> = {
  name: 'client_key_standing',
  events: clientKeyEvents,
  react: (events) => events.map((event) => {
    const { keyId } = event.data;
    const payload: KeyJob = { ...causeOf(event), keyId };
    return { kind: 'job', task: SETTLE_CLIENT_KEY, payload, jobKey: `${SETTLE_CLIENT_KEY}:${keyId}` };
  }),
};

const endsOfOwners = { ServiceClientDeleted: serviceClientEvents.ServiceClientDeleted, UserDeleted: userEvents.UserDeleted };

/** Has the keys of whoever is deleted taken back, so that the log says of each key how it ended. */
export const keysOfDeletedOwnersReactor: Reactor<typeof endsOfOwners> = {
  name: 'keys_of_deleted_owners',
  events: endsOfOwners,
  react: (events) => events.map((event) => {
    const { type, data } = event;
    const owner = type === 'UserDeleted' ? { ownerKind: 'user', ownerId: data.userId } as const : { ownerKind: 'service', ownerId: data.clientId } as const;
    const payload: OwnerJob = { ...causeOf(event), ...owner };
    return { kind: 'job', task: REVOKE_KEYS_OF_OWNER, payload, jobKey: `${REVOKE_KEYS_OF_OWNER}:${owner.ownerId}` };
  }),
};

/** Task `settle-client-key`: the newest state of one key. One that was issued while its owner was deleted is taken back. */
export function settleClientKeyTask({ commands, auth }: Services): Task {
  return async ({ keyId, ...cause }: KeyJob) => {
    const { state } = await commands.load(clientKey, keyId);
    if (state.exists && !state.revoked && (await isOwnerGone(commands, state))) await revoke(commands, keyId, cause, clientKeyReactor.name);
    await settleClientKey({ commands, auth }, keyId);
  };
}

/** Task `revoke-keys-of-owner`: takes back all keys of one owner. */
export function revokeKeysOfOwnerTask({ commands, auth }: Services): Task {
  return async ({ ownerKind, ownerId, ...cause }: OwnerJob) => {
    for (const keyId of await auth.clientKeys.of(ownerKind, ownerId)) await revoke(commands, keyId, cause, keysOfDeletedOwnersReactor.name);
  };
}

async function revoke(commands: CommandRuntime, keyId: string, cause: Cause, reactor: string): Promise<void> {
  const command = followUp(cause, reactor, `revoke ${keyId}`);
  const outcome = await commands.execute(clientKey, keyId, { type: 'RevokeClientKey' }, command);
  if (!outcome.accepted) throw new Error(`The key could not be revoked: ${outcome.refusal.message}`);
}

async function isOwnerGone(commands: CommandRuntime, { ownerKind, ownerId }: ClientKey): Promise<boolean> {
  const { state } = await (ownerKind === 'user' ? commands.load(user, ownerId) : commands.load(serviceClient, ownerId));
  return state.exists && state.deleted;
}
