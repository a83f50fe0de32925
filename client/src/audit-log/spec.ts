import type { ListSpec } from '../lib/url-codec';
import { acts } from './acts';

export const auditResults = ['SUCCEEDED', 'REFUSED'] as const;

export const auditLogSpec: ListSpec = {
  facets: { result: auditResults, act: acts, actor: 'text', correlation: 'text', subject: 'text', from: 'time', to: 'time' },
  sorts: ['position'],
  defaultSort: '-position',
};
