import { tenantEvents, type TenantEvent } from '../../schema/tenant/events';
import { nothing, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export interface TenantState {
  exists: boolean;
}

export type TenantCommand = { type: 'CreateTenant'; tenantId: string; name: string };

export const tenant: Aggregate<TenantState, TenantCommand, typeof tenantEvents> = {
  category: 'tenant',
  events: tenantEvents,
  initial: () => ({ exists: false }),
  evolve,
  decide,
};

function evolve(_state: TenantState, event: TenantEvent): TenantState {
  switch (event.type) {
    case 'TenantCreated':
      return { exists: true };
    default:
      return event.type satisfies never;
  }
}

function decide(state: TenantState, command: TenantCommand): Decision<TenantEvent> {
  switch (command.type) {
    case 'CreateTenant':
      if (state.exists) return nothing;
      return { events: [{ type: 'TenantCreated', data: { tenantId: command.tenantId, name: command.name } }] };
    default:
      return command.type satisfies never;
  }
}
