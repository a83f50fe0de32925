import { z } from 'zod';
import { evolvedEvent, event, type EventOf } from '../define-events';

/** Slug of the tenant that the set-up makes; its owners run the server. */
export const DEFAULT_SLUG = 'default';

export const tenantEvents = {
  /** `slug` names it in configuration files; the id is derived from it. */
  TenantCreated: evolvedEvent(2, z.strictObject({ tenantId: z.string(), slug: z.string(), name: z.string() }), {
    1: (data: object) => ({ ...data, slug: DEFAULT_SLUG }),
  }),
  /** Whoever is to be its first owner: until then nobody else takes up this tenant, which has no owner yet. */
  TenantClaimed: event(z.strictObject({ tenantId: z.string(), ownerId: z.string(), until: z.iso.datetime() })),
  TenantRenamed: event(z.strictObject({ tenantId: z.string(), name: z.string() })),
  /** Titles of pages; null is the product's own. */
  BrandingChanged: event(z.strictObject({ tenantId: z.string(), pageTitle: z.string().nullable(), browserTitle: z.string().nullable() })),
  /** The picture itself is kept beside the log; `digest` is SHA-256, hex. Null takes it away. */
  LogoChanged: event(z.strictObject({ tenantId: z.string(), digest: z.string().nullable(), contentType: z.string().nullable() })),
  TenantSuspended: event(z.strictObject({ tenantId: z.string() })),
  TenantResumed: event(z.strictObject({ tenantId: z.string() })),
  /**
   * The list of active owners, by which the last one is protected. `term` counts the changes of role and activity that
   * led to this time in office: what comes late for an earlier one has no effect.
   */
  OwnerAdded: event(z.strictObject({ tenantId: z.string(), userId: z.string(), term: z.int().min(0) })),
  OwnerRemoved: event(z.strictObject({ tenantId: z.string(), userId: z.string(), term: z.int().min(0) })),
};

export type TenantEvent = EventOf<typeof tenantEvents>;
