import { useAct } from '../graphql/use-act';
import type { Problem } from '../graphql/problem';
import { StartRunDocument, type Operation } from './gql/documents';
import type { RunSettings } from './forms';

interface Start {
  busy: boolean;
  problems: readonly Problem[];
  /** @returns whether it was taken on */
  start(operation: Operation, parameters: unknown, settings: RunSettings): Promise<boolean>;
}

/** Starts generations; what becomes of them shows in the list of results. */
export function useStart(): Start {
  const act = useAct(StartRunDocument, ({ startRun }) => startRun);
  return {
    busy: act.busy,
    problems: act.problems,
    start: async (operation, parameters, { autoPoll, pollIntervalSeconds, maxWaitSeconds, scenario }) =>
      Boolean(await act.run({ operation, parameters, scenario, autoPoll, pollIntervalSeconds, maxWaitSeconds })),
  };
}
