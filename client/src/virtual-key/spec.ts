import type { ListSpec } from '../lib/url-codec';

export const virtualKeyStates = ['PENDING', 'ACTIVE', 'FAILED'] as const;

export const virtualKeySpec: ListSpec = {
  facets: { state: virtualKeyStates, owner: 'id' },
  sorts: ['createdAt', 'keyAlias'],
  defaultSort: '-createdAt',
};
