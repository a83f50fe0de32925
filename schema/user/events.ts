import { z } from 'zod';
import { roles } from '../access/roles';
import { evolvedEvent, event, type EventOf } from '../define-events';
import { sealedSchema } from '../sealed';
import { preferencesSchema } from './preferences';

export const roleSchema = z.enum(roles);

/** The tier that everybody starts with. */
export const FIRST_TIER = 'free';

export const userEvents = {
  /**
   * A person was given an account. `loginName` is the fingerprint of the e-mail address they sign in with, `organization`
   * a group inside the tenant.
   */
  UserCreated: evolvedEvent(2, z.strictObject({
    userId: z.string(),
    tenantId: z.string(),
    loginName: z.string(),
    email: sealedSchema,
    displayName: sealedSchema,
    role: roleSchema,
    organization: z.string().nullable(),
    note: sealedSchema.nullable(),
    tier: z.string(),
  }), { 1: (data: object) => ({ ...data, organization: null, note: null, tier: FIRST_TIER }) }),
  /** Only what has changed is there; null clears. */
  UserUpdated: event(z.strictObject({
    userId: z.string(),
    displayName: sealedSchema.optional(),
    organization: z.string().nullable().optional(),
    note: sealedSchema.nullable().optional(),
    picture: sealedSchema.nullable().optional(),
  })),
  RoleAssigned: event(z.strictObject({ userId: z.string(), role: roleSchema, previous: roleSchema })),
  TierAssigned: event(z.strictObject({ userId: z.string(), tier: z.string(), previous: z.string() })),
  /** Requests a day; null is unlimited, 0 is blocked. */
  DailyLimitSet: event(z.strictObject({ userId: z.string(), requests: z.int().min(0).max(10_000).nullable() })),
  PreferencesSet: event(z.strictObject({ userId: z.string(), preferences: preferencesSchema })),
  PasswordChanged: event(z.strictObject({ userId: z.string(), by: z.enum(['self', 'operator', 'link']) })),
  /** A link for choosing a password was made; the token is nowhere kept. */
  PasswordLinkIssued: event(z.strictObject({ userId: z.string(), linkId: z.string(), expiresAt: z.iso.datetime() })),
  UserDeactivated: event(z.strictObject({ userId: z.string() })),
  UserReactivated: event(z.strictObject({ userId: z.string() })),
  /** The account is gone, its history stays. */
  UserDeleted: event(z.strictObject({ userId: z.string() })),
};

export type UserEvent = EventOf<typeof userEvents>;
