import { lazy } from 'react';

export { everything } from './grants';
export { UserEntitlements } from './user-entitlements';
export { grantWords } from './words';

/** What the tenant and its tiers may use, over the screen. */
export const TenantEntitlementsDialog = lazy(() => import('./tenant-entitlements-dialog'));
