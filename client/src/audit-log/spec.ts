import type { ListSpec } from '../lib/url-codec';

export const auditLogSpec: ListSpec = {
  facets: { act: 'text', actor: 'text', correlation: 'text', subject: 'text' },
  sorts: ['position'],
  defaultSort: '-position',
};
