import { forServiceClient, inTableOrder, type Scope } from '../../schema/access/scopes';
import { forOwnKey } from '../../schema/client-key/scopes';
import { clientKeyEvents, type ClientKeyEvent } from '../../schema/client-key/events';
import type { Refusal } from '../../schema/errors/catalogue';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

type Issued = Extract<ClientKeyEvent, { type: 'ClientKeyIssued' }>['data'];

export type ClientKeyState = { exists: false } | ClientKey;

export type ClientKey = Issued & { exists: true; revoked: boolean };

/** Whose key it is to be. A service client has rights of its own, a person those of whoever gives the command. */
export type Owner = { kind: 'user'; id: string } | { kind: 'service'; id: string; scopes: readonly Scope[] };

export type ClientKeyCommand =
  | {
      type: 'IssueClientKey';
      key: Omit<Issued, 'scopes' | 'ownerKind' | 'ownerId'>;
      owner: Owner;
      /** Undefined: all that it may have. */
      scopes: readonly Scope[] | undefined;
      /** The rights of whoever gives the command, at this moment. */
      grantor: readonly Scope[];
    }
  /** `ownerId`: only when it is a key of this very person. */
  | { type: 'RevokeClientKey'; ownerId?: string };

export const clientKey: Aggregate<ClientKeyState, ClientKeyCommand, typeof clientKeyEvents> = {
  category: 'clientKey',
  events: clientKeyEvents,
  initial: () => ({ exists: false }),
  evolve,
  decide,
  begins: ({ type }) => type === 'IssueClientKey',
};

function evolve(state: ClientKeyState, event: ClientKeyEvent): ClientKeyState {
  switch (event.type) {
    case 'ClientKeyIssued':
      return { exists: true, revoked: false, ...event.data };
    case 'ClientKeyRevoked':
      return state.exists ? { ...state, revoked: true } : state;
    default:
      return event satisfies never;
  }
}

export const unknownClientKey: Refusal = { code: 'E4041', rule: 'client_key_unknown', message: 'There is no such key.', path: ['keyId'] };

function decide(state: ClientKeyState, command: ClientKeyCommand): Decision<ClientKeyEvent> {
  if (command.type === 'IssueClientKey') return state.exists ? nothing : issue(command);
  const isTheirs = state.exists && (command.ownerId === undefined || (state.ownerKind === 'user' && state.ownerId === command.ownerId));
  if (!isTheirs) return { refusal: unknownClientKey };
  return state.revoked ? nothing : { events: [{ type: 'ClientKeyRevoked', data: { keyId: state.keyId } }] };
}

function issue({ key, owner, scopes, grantor }: Extract<ClientKeyCommand, { type: 'IssueClientKey' }>): Decision<ClientKeyEvent> {
  const allowed = scopesOnKey(owner, grantor);
  const excess = scopes?.find((scope) => !allowed.includes(scope));
  if (excess) {
    return refuse('B2003', 'scope_exceeds', `This key cannot have the scope ${excess}.`, { path: ['scopes'], details: { scope: excess } });
  }
  const given = inTableOrder(scopes ?? allowed);
  if (given.length === 0) return refuse('V1001', 'no_scopes', 'A key needs at least one scope.', { path: ['scopes'] });
  return { events: [{ type: 'ClientKeyIssued', data: { ...key, ownerKind: owner.kind, ownerId: owner.id, scopes: given } }] };
}

/** The most that a new key may hold: never more than its owner has, nor than whoever issues it. */
function scopesOnKey(owner: Owner, grantor: readonly Scope[]): Scope[] {
  return owner.kind === 'user' ? forOwnKey(grantor) : forServiceClient(grantor).filter((scope) => owner.scopes.includes(scope));
}
