import { identityEvents, type IdentityEvent } from '../../schema/identity/events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export interface IdentityState {
  owner: { userId: string; provider: string } | undefined;
}

export type IdentityCommand =
  | { type: 'LinkIdentity'; userId: string; provider: string }
  | { type: 'UnlinkIdentity'; userId: string };

/** One account elsewhere, named by a digest of issuer and subject: it belongs to one user at a time, over all tenants. */
export const identity: Aggregate<IdentityState, IdentityCommand, typeof identityEvents> = {
  category: 'identity',
  tenancy: 'shared',
  events: identityEvents,
  initial: () => ({ owner: undefined }),
  evolve,
  decide,
  begins: ({ type }) => type === 'LinkIdentity',
};

function evolve(_state: IdentityState, event: IdentityEvent): IdentityState {
  switch (event.type) {
    case 'IdentityLinked':
      return { owner: event.data };
    case 'IdentityUnlinked':
      return { owner: undefined };
    default:
      return event satisfies never;
  }
}

function decide({ owner }: IdentityState, command: IdentityCommand): Decision<IdentityEvent> {
  const { userId } = command;
  switch (command.type) {
    case 'LinkIdentity':
      if (owner?.userId === userId) return nothing;
      if (owner) return refuse('E4091', 'identity_taken', 'This account elsewhere is already linked to somebody else.');
      return { events: [{ type: 'IdentityLinked', data: { userId, provider: command.provider } }] };
    case 'UnlinkIdentity':
      return owner?.userId === userId ? { events: [{ type: 'IdentityUnlinked', data: owner }] } : nothing;
    default:
      return command satisfies never;
  }
}
