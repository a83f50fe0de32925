import type { ListSpec } from '../lib/url-codec';

export const runKinds = ['CHAT', 'IMAGE', 'VIDEO', 'CODE'] as const;
export const runStates = [
  'REQUESTED', 'QUEUED', 'LEASED', 'SUBMITTED', 'POLLING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'REJECTED',
] as const;
export const operations = ['LEGNEXT_DIFFUSION', 'KLING_IMAGE', 'KLING_TEXT_TO_VIDEO', 'KLING_IMAGE_TO_VIDEO'] as const;
export const scenarios = ['SUCCESS', 'FAILED_402', 'FAILED_401', 'FAILED_429', 'SERVER_500', 'TIMEOUT'] as const;

export const runSpec: ListSpec = {
  facets: {
    state: runStates, kind: runKinds, operation: operations, pool: 'text', scenario: scenarios, since: 'time', until: 'time', user: 'id',
  },
  sorts: ['createdAt', 'updatedAt'],
  defaultSort: '-createdAt',
};
