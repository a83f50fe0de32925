import { z } from 'zod';
import { featureNames } from '../access/features';
import { event, type EventOf } from '../define-events';

/** Stands for every model, every service. */
export const EVERY_MODEL = 'all-team-models';
export const EVERY_SERVICE = 'all-services';

export const entitlementSubjects = ['tenant', 'tier', 'user'] as const;

/** Events of what one tenant, tier or user was granted; the stream's id is `<kind>:<id>`. */
export const entitlementEvents = {
  /** Only what has changed is there: the whole new list. An empty one grants nothing, null takes back what was set. */
  EntitlementsSet: event(z.strictObject({
    subjectKind: z.enum(entitlementSubjects),
    /** Id of the tenant or user, or name of the tier. */
    subject: z.string(),
    models: z.array(z.string()).nullable().optional(),
    services: z.array(z.string()).nullable().optional(),
    features: z.array(z.enum(featureNames)).nullable().optional(),
  })),
};

export type EntitlementEvent = EventOf<typeof entitlementEvents>;
