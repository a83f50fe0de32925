import type { ListSpec } from '../lib/url-codec';

const tenantStates = ['ACTIVE', 'SUSPENDED'] as const;

export const tenantSpec: ListSpec = { facets: { state: tenantStates }, sorts: ['createdAt', 'name'], defaultSort: '-createdAt' };
