import { lazy } from 'react';

export { UserEntitlements } from './user-entitlements';

/** What the tenant and its tiers may use, over the screen. */
export const TenantEntitlementsDialog = lazy(() => import('./tenant-entitlements-dialog'));
