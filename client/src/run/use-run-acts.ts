import { useAct } from '../graphql/use-act';
import { CancelRunDocument, RetryRunDocument, WatchRunDocument } from './gql/documents';
import type { RunDetail } from './run-detail';

/** What can be done about a run: stop it, do it once more, look for its outcome again. Each hands on the run as it then is. */
export function useRunActs(runId: string, onChanged: (run: RunDetail) => void) {
  const cancel = useAct(CancelRunDocument, ({ cancelRun }) => cancelRun);
  const retry = useAct(RetryRunDocument, ({ retryRun }) => retryRun);
  const watch = useAct(WatchRunDocument, ({ watchRun }) => watchRun);

  const on = ({ run, busy, problems }: typeof cancel | typeof retry | typeof watch) => ({
    busy,
    problems,
    async run(): Promise<void> {
      const payload = await run({ runId });
      if (payload?.run) {
        onChanged(payload.run);
      }
    },
  });
  return { cancel: on(cancel), retry: on(retry), watch: on(watch) };
}
