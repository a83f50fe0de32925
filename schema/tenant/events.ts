import { z } from 'zod';
import { event, type EventOf } from '../define-events';

export const tenantEvents = {
  TenantCreated: event(z.strictObject({ tenantId: z.string(), name: z.string() })),
};

export type TenantEvent = EventOf<typeof tenantEvents>;
