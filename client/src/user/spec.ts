import type { ListSpec } from '../lib/url-codec';

export const roles = ['OWNER', 'ADMIN', 'AUDITOR', 'USER'] as const;
export const userStates = ['ACTIVE', 'DEACTIVATED'] as const;

export const userSpec: ListSpec = {
  facets: { role: roles, state: userStates },
  sorts: ['createdAt', 'displayName'],
  defaultSort: '-createdAt',
};
