import type { ListSpec } from '../lib/url-codec';
import { acts } from './acts';

export const auditLogSpec: ListSpec = {
  facets: { act: acts, actor: 'text', correlation: 'text', subject: 'text' },
  sorts: ['position'],
  defaultSort: '-position',
};
