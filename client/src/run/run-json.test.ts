import { runJson } from './run-json';

it('TEST-81: tells everything but what only the cache needs', () => {
  const run = {
    __typename: 'Run', id: 'r', timeline: [{ __typename: 'RunStep', stage: 'START', attempt: 1 }],
    exchange: { __typename: 'RunExchange', request: { prompt: 'a "cat"', list: [1, null] } }, cost: null,
  };
  expect(JSON.parse(runJson(run))).toEqual({
    id: 'r', timeline: [{ stage: 'START', attempt: 1 }], exchange: { request: { prompt: 'a "cat"', list: [1, null] } }, cost: null,
  });
  expect(JSON.parse(runJson([run, run]))).toHaveLength(2);
});
