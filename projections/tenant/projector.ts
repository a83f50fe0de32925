import path from 'node:path';
import { entitlementEvents, type EntitlementEvent } from '../../schema/entitlement/events';
import { tenantEvents, type TenantEvent } from '../../schema/tenant/events';
import { projectRoot } from '../../src/paths';
import type { Change, Projected, Projector, Row } from '../../src/projection-runtime/projector';

/** View `tenants`: one row a tenant, with the features that are switched on for everybody in it (null: all). */
export const tenantsProjector: Projector<typeof tenantEvents & typeof entitlementEvents> = {
  name: 'tenants',
  version: 2,
  events: { ...tenantEvents, ...entitlementEvents },
  tables: path.join(projectRoot, 'projections/tenant/tables.sql'),
  live: { table: 'tenants', key: 'id' },
  project: (events) => events.flatMap((event) => (event.type === 'EntitlementsSet' ? granted(event) : [change(event)])),
};

function granted({ data, at }: Projected<EntitlementEvent>): Change[] {
  const { subjectKind, subject, features } = data;
  if (subjectKind !== 'tenant' || features === undefined) return [];
  const set = { features, updated_at: new Date(at.metadata.at) };
  return [{ kind: 'patch', table: 'tenants', key: { id: subject }, position: at.position, set }];
}

function change(event: Projected<TenantEvent>): Change {
  const { position, revision, metadata } = event.at;
  const place = { table: 'tenants', key: { id: event.data.tenantId }, position };
  const seen = { updated_at: new Date(metadata.at), revision };
  if (event.type === 'TenantCreated') {
    const { tenantId, slug, name } = event.data;
    const set = { tenant_id: tenantId, slug, name, state: 'active', created_at: new Date(metadata.at), ...seen };
    return { ...place, kind: 'put', set };
  }
  return { ...place, kind: 'patch', set: { ...columns(event), ...seen } };
}

function columns(event: Exclude<TenantEvent, { type: 'TenantCreated' }>): Row {
  switch (event.type) {
    case 'TenantRenamed': return { name: event.data.name };
    case 'BrandingChanged': return { page_title: event.data.pageTitle, browser_title: event.data.browserTitle };
    case 'LogoChanged': return { logo_digest: event.data.digest };
    case 'TenantSuspended': return { state: 'suspended' };
    case 'TenantResumed': return { state: 'active' };
    case 'TenantClaimed': case 'OwnerAdded': case 'OwnerRemoved': return {};
    default: return event satisfies never;
  }
}
