import type { ListSpec } from '../lib/url-codec';

export const runKinds = ['CHAT', 'IMAGE', 'VIDEO', 'CODE'] as const;
export const runStates = [
  'REQUESTED', 'QUEUED', 'LEASED', 'SUBMITTED', 'POLLING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'REJECTED',
] as const;

export const runSpec: ListSpec = {
  facets: { state: runStates, kind: runKinds, user: 'id' },
  sorts: ['createdAt', 'updatedAt'],
  defaultSort: '-createdAt',
};
