import { z } from 'zod';
import { scopeNames } from '../access/scopes';
import { event, type EventOf } from '../define-events';

const scopesSchema = z.array(z.enum(scopeNames));

export const serviceClientEvents = {
  ServiceClientCreated: event(z.strictObject({ clientId: z.string(), tenantId: z.string(), name: z.string(), scopes: scopesSchema })),
  /** Only what has changed is there. */
  ServiceClientUpdated: event(z.strictObject({ clientId: z.string(), name: z.string().optional(), scopes: scopesSchema.optional() })),
  /** Its keys stop working; its history stays. */
  ServiceClientDeleted: event(z.strictObject({ clientId: z.string() })),
};

export type ServiceClientEvent = EventOf<typeof serviceClientEvents>;
