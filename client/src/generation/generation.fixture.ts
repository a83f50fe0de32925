import type { GenerationRow, Output } from './generations';

const at = '2030-01-01T00:00:00.000Z';

/** A file of a run, for tests. */
export const anOutput = (id: string, changed: Partial<Output> = {}): Output => ({
  __typename: 'RunOutput', id, kind: 'IMAGE', contentType: 'image/png', bytes: 1_000, width: 512, height: 512, durationMs: null,
  url: `/outputs/${id}`, thumbnailUrl: `/outputs/${id}/thumbnail`, ...changed,
});

/** A generation that is done, for tests. */
export const aGeneration = (name: string, changed: Partial<GenerationRow> = {}): GenerationRow => ({
  __typename: 'Run',
  id: btoa(`Run:${name}`),
  kind: 'IMAGE',
  operation: 'LEGNEXT_DIFFUSION',
  pool: 'legnext',
  state: 'SUCCEEDED',
  model: 'midjourney',
  provider: 'legnext',
  simulated: false,
  scenario: null,
  prompt: name,
  keyName: 'main-1',
  jobId: 'job-1',
  vendorStatus: 'completed',
  httpStatus: 200,
  failureCategory: null,
  failure: null,
  failureCode: null,
  usage: null,
  outputs: [],
  promptTokens: null,
  completionTokens: null,
  cost: null,
  cancellable: false,
  retryable: false,
  watchable: false,
  diagnosis: null,
  requestedBy: { __typename: 'User', id: 'user-1', displayName: 'Ada' },
  durationMs: 3_200,
  attempt: 1,
  createdAt: at,
  updatedAt: at,
  revision: '5',
  ...changed,
});

/** The answer to a list of runs. */
export const someRuns = (...nodes: readonly { id: string }[]) => ({ runs: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } });

/** The answer about the limits. */
export const someConcurrency = (mine = 0, total = mine) => ({
  concurrency: { __typename: 'Concurrency', userLimit: 1, globalLimit: 4, mine, total },
});
