import { tenantEvents } from '../../schema/tenant/events';
import type { Auth } from '../../src/auth/port';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Logos } from '../../src/images/logos';
import type { Task } from '../../src/jobs/port';
import type { Reactor } from '../../src/projection-runtime/projector';
import { settleLogo } from './logo';
import { settleTenant } from './standing';

export const SETTLE_TENANT = 'settle-tenant';
export const SETTLE_LOGO = 'settle-logo';

/** Makes sure that callers are judged by what the log says of their tenant, and that only its present logo is kept. */
export const tenantStandingReactor: Reactor<typeof tenantEvents> = {
  name: 'tenant_standing',
  events: tenantEvents,
  react: (events) => events.flatMap(({ type, data: { tenantId } }) => {
    const job = (task: string) => [{ kind: 'job', task, payload: { tenantId }, jobKey: `${task}:${tenantId}` } as const];
    switch (type) {
      case 'TenantCreated': case 'TenantSuspended': case 'TenantResumed': return job(SETTLE_TENANT);
      case 'LogoChanged': return job(SETTLE_LOGO);
      default: return [];
    }
  }),
};

/** Task `settle-tenant`: whether the people of a tenant are let in, and whether its owners run this server. */
export function settleTenantTask(services: { commands: CommandRuntime; auth: Auth }): Task {
  return ({ tenantId }: { tenantId: string }) => settleTenant(services, tenantId);
}

/** Task `settle-logo`: forgets the logos that a tenant had before. */
export function settleLogoTask(services: { commands: CommandRuntime; logos: Logos }): Task {
  return ({ tenantId }: { tenantId: string }) => settleLogo(services, tenantId);
}
