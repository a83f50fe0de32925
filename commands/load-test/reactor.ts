import { loadTestEvents } from '../../schema/load-test/events';
import type { Reactor } from '../../src/projection-runtime/projector';
import { causeOf } from '../follow-up';
import { RUN_LOAD_TEST, type LoadTestJob } from './run-load-test';

export { RUN_LOAD_TEST, runLoadTestTask, type LoadTestServices } from './run-load-test';

/** One after the other, whoever asked: each would spoil the figures of the other, and the workers have more to do than this. */
const QUEUE = 'load-tests';

/** Has every load test carried out. */
export const loadTestsReactor: Reactor<typeof loadTestEvents> = {
  name: 'run_load_tests',
  events: loadTestEvents,
  react: (events) => events.flatMap((event) => {
    if (event.type !== 'LoadTestRequested') return [];
    const { loadTestId } = event.data;
    const payload: LoadTestJob = { ...causeOf(event), loadTestId };
    return [{ kind: 'job', task: RUN_LOAD_TEST, payload, jobKey: `${RUN_LOAD_TEST}:${loadTestId}`, queue: QUEUE }];
  }),
};
