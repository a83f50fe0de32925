import { useEffect } from 'react';
import { changeViewer } from '../session';
import type { TenantRow } from './list';

/** What was learnt of one's own tenant shows in the frame at once. */
export function useTenantOfViewer(tenant: TenantRow | undefined): void {
  useEffect(() => {
    if (tenant) {
      const { id, name, slug, branding } = tenant;
      changeViewer({ tenant: { __typename: 'Tenant', id, name, slug, branding } });
    }
  }, [tenant]);
}
