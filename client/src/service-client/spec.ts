import type { ListSpec } from '../lib/url-codec';

export const serviceClientSpec: ListSpec = { facets: {}, sorts: ['createdAt', 'name'], defaultSort: '-createdAt' };
