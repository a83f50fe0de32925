import { featureNames } from '../../schema/access/features';
import type { Feature } from '../../schema/access/types';
import { logoPath } from '../../schema/tenant/configuration';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import { TenantState, type Tenant } from '../../schema/tenant/types';

/** A row of `views.tenants`. */
export interface TenantRow {
  id: string;
  slug: string;
  name: string;
  state: string;
  page_title: string | null;
  browser_title: string | null;
  logo_digest: string | null;
  features: string[] | null;
  created_at: Date;
  updated_at: Date;
  revision: string;
}

export function toTenant(row: TenantRow): Tenant {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    state: row.state as TenantState,
    isDefault: row.slug === DEFAULT_SLUG,
    branding: { pageTitle: row.page_title, browserTitle: row.browser_title, logoUrl: row.logo_digest && logoPath(row.logo_digest) },
    features: (row.features ?? featureNames) as Feature[],
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    revision: String(row.revision),
  };
}
