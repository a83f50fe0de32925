import { z } from 'zod';
import { event, type EventOf } from '../define-events';
import { sealedSchema } from '../sealed';

export const roleSchema = z.enum(['owner', 'admin', 'auditor', 'user']);

export const userEvents = {
  /** A person was given an account. `loginName` is the fingerprint of the e-mail address they sign in with. */
  UserCreated: event(z.strictObject({
    userId: z.string(),
    tenantId: z.string(),
    loginName: z.string(),
    email: sealedSchema,
    displayName: sealedSchema,
    role: roleSchema,
  })),
  RoleAssigned: event(z.strictObject({ userId: z.string(), role: roleSchema, previous: roleSchema })),
  UserDeactivated: event(z.strictObject({ userId: z.string() })),
};

export type UserEvent = EventOf<typeof userEvents>;
