import type { ListSpec } from '../lib/url-codec';

export const roles = ['OWNER', 'ADMIN', 'AUDITOR', 'USER'] as const;
export const userStates = ['ACTIVE', 'DEACTIVATED', 'DELETED'] as const;

export const userSpec: ListSpec = {
  facets: { role: roles, state: userStates, organization: 'text', tier: 'text', model: 'text' },
  sorts: ['createdAt', 'displayName', 'organization'],
  defaultSort: '-createdAt',
};
