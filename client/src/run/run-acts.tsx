import { Button } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { ConfirmButton } from '../ui/confirm-button';
import { Problems } from '../ui/form-problems';
import { IconDownload } from '../ui/icons';
import { CancelRunDocument, RetryRunDocument, WatchRunDocument } from './gql/documents';
import styles from './run-detail.module.css';
import type { RunDetail } from './run-detail';
import { downloadRun } from './run-json';

interface RunActsProps {
  run: RunDetail;
  onChanged: (run: RunDetail) => void;
}

/** What the reader may do with a run right now: stop it, do it once more, look for its outcome again, keep it as a file. */
export function RunActs({ run, onChanged }: RunActsProps) {
  const t = useT();
  const cancel = useAct(CancelRunDocument, (data) => data.cancelRun);
  const retry = useAct(RetryRunDocument, (data) => data.retryRun);
  const watch = useAct(WatchRunDocument, (data) => data.watchRun);
  const { id, cancellable, retryable, watchable } = run;

  async function act(send: typeof cancel.run | typeof retry.run | typeof watch.run): Promise<void> {
    const payload = await send({ runId: id });
    if (payload?.run) {
      onChanged(payload.run);
    }
  }

  return (
    <>
      <div className={styles.acts}>
        {watchable && <Button size="compact-xs" loading={watch.busy} onClick={() => void act(watch.run)}>{t('run.watch')}</Button>}
        {retryable && <Button size="compact-xs" variant="default" loading={retry.busy} onClick={() => void act(retry.run)}>{t('run.retry')}</Button>}
        {cancellable && (
          <ConfirmButton act={t('run.cancel')} effect={t('run.cancel.effect')} busy={cancel.busy} problems={cancel.problems}
            onConfirm={() => void act(cancel.run)} />
        )}
        <Button size="compact-xs" variant="default" leftSection={<IconDownload size={14} />} onClick={() => downloadRun(run)}>
          {t('run.downloadJson')}
        </Button>
      </div>
      <Problems problems={[...retry.problems, ...watch.problems]} />
    </>
  );
}
