import path from 'node:path';
import { entitlementEvents } from '../../schema/entitlement/events';
import { projectRoot } from '../../src/paths';
import type { Projector } from '../../src/projection-runtime/projector';

/** View `entitlements`: one row for each tenant, tier or user for which something was ever set; null is not set. */
export const entitlementsProjector: Projector<typeof entitlementEvents> = {
  name: 'entitlements',
  version: 1,
  events: entitlementEvents,
  tables: path.join(projectRoot, 'projections/entitlement/tables.sql'),
  live: { table: 'entitlements', key: 'id' },
  project: (events) => events.map(({ data, at }) => {
    const { subjectKind, subject, models, services, features } = data;
    return {
      kind: 'put', table: 'entitlements', key: { id: at.stream.slice(at.stream.indexOf('-') + 1) }, position: at.position,
      set: {
        tenant_id: at.metadata.tenant,
        subject_kind: subjectKind,
        subject,
        ...(models !== undefined && { models }),
        ...(services !== undefined && { services }),
        ...(features !== undefined && { features }),
      },
    };
  }),
};
