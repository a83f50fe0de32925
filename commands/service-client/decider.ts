import { forServiceClient, inTableOrder, type Scope } from '../../schema/access/scopes';
import type { Refusal } from '../../schema/errors/catalogue';
import { serviceClientEvents, type ServiceClientEvent } from '../../schema/service-client/events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export type ServiceClientState = { exists: false } | ServiceClient;

export interface ServiceClient {
  exists: true;
  clientId: string;
  tenantId: string;
  name: string;
  scopes: readonly Scope[];
  deleted: boolean;
}

/** `grantor`: the rights of whoever gives the command, at this moment. */
export type ServiceClientCommand =
  | { type: 'CreateServiceClient'; clientId: string; tenantId: string; name: string; scopes: readonly Scope[]; grantor: readonly Scope[] }
  /** Omitted keeps. */
  | { type: 'UpdateServiceClient'; name?: string; scopes?: readonly Scope[]; grantor: readonly Scope[] }
  | { type: 'DeleteServiceClient'; confirmation: string };

export const serviceClient: Aggregate<ServiceClientState, ServiceClientCommand, typeof serviceClientEvents> = {
  category: 'serviceClient',
  events: serviceClientEvents,
  initial: () => ({ exists: false }),
  evolve,
  decide,
  begins: ({ type }) => type === 'CreateServiceClient',
};

function evolve(state: ServiceClientState, event: ServiceClientEvent): ServiceClientState {
  if (event.type === 'ServiceClientCreated') return { exists: true, deleted: false, ...event.data };
  if (!state.exists) return state;
  switch (event.type) {
    case 'ServiceClientUpdated': {
      const { name = state.name, scopes = state.scopes } = event.data;
      return { ...state, name, scopes };
    }
    case 'ServiceClientDeleted':
      return { ...state, deleted: true };
    default:
      return event satisfies never;
  }
}

function decide(state: ServiceClientState, command: ServiceClientCommand): Decision<ServiceClientEvent> {
  if (command.type === 'CreateServiceClient') return create(state, command);
  if (!state.exists) return { refusal: unknownServiceClient };
  if (command.type === 'DeleteServiceClient') return remove(state, command.confirmation);
  return state.deleted ? { refusal: unknownServiceClient } : update(state, command);
}

export const unknownServiceClient: Refusal = {
  code: 'E4041', rule: 'service_client_unknown', message: 'There is no such service client.', path: ['clientId'],
};

function create(
  state: ServiceClientState, { clientId, tenantId, name, scopes, grantor }: Extract<ServiceClientCommand, { type: 'CreateServiceClient' }>,
): Decision<ServiceClientEvent> {
  if (state.exists) return nothing;
  const refusal = refusalToGrant(scopes, grantor);
  if (refusal) return { refusal };
  return { events: [{ type: 'ServiceClientCreated', data: { clientId, tenantId, name, scopes: inTableOrder(scopes) } }] };
}

/** Rights that the client has already may stay whoever changes it; what is added is given anew. */
function update(
  state: ServiceClient, { name, scopes, grantor }: Extract<ServiceClientCommand, { type: 'UpdateServiceClient' }>,
): Decision<ServiceClientEvent> {
  const refusal = refusalToGrant(scopes?.filter((scope) => !state.scopes.includes(scope)) ?? [], grantor);
  if (refusal) return { refusal };
  const changed = {
    ...(name !== undefined && name !== state.name && { name }),
    ...(scopes && inTableOrder(scopes).join() !== state.scopes.join() && { scopes: inTableOrder(scopes) }),
  };
  if (Object.keys(changed).length === 0) return nothing;
  return { events: [{ type: 'ServiceClientUpdated', data: { clientId: state.clientId, ...changed } }] };
}

function remove({ clientId, name, deleted }: ServiceClient, confirmation: string): Decision<ServiceClientEvent> {
  if (deleted) return nothing;
  if (confirmation !== name) {
    return refuse('V1001', 'confirmation', 'Type the name of the service client to delete it.', { path: ['confirmation'] });
  }
  return { events: [{ type: 'ServiceClientDeleted', data: { clientId } }] };
}

/** Nobody gives what they do not have, and some rights belong to people only. */
function refusalToGrant(scopes: readonly Scope[], grantor: readonly Scope[]): Refusal | undefined {
  const forPeople = scopes.find((scope) => forServiceClient([scope]).length === 0);
  if (forPeople) {
    const message = `A service client cannot have the scope ${forPeople}.`;
    return { code: 'V1001', rule: 'scope_not_grantable', message, path: ['scopes'], details: { scope: forPeople } };
  }
  const notHeld = scopes.find((scope) => !grantor.includes(scope));
  if (notHeld) {
    const message = `You do not have the scope ${notHeld} yourself.`;
    return { code: 'B2003', rule: 'scope_not_held', message, path: ['scopes'], details: { scope: notHeld } };
  }
  return undefined;
}
