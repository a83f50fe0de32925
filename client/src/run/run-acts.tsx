import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { ConfirmButton } from '../ui/confirm-button';
import { Problems } from '../ui/form-problems';
import { IconDownload } from '../ui/icons';
import styles from './run-detail.module.css';
import type { RunDetail } from './run-detail';
import { downloadRun } from './run-json';
import { useRunActs } from './use-run-acts';

interface RunActsProps {
  run: RunDetail;
  onChanged: (run: RunDetail) => void;
}

/** What the reader may do with a run right now: stop it, do it once more, look for its outcome again, keep it as a file. */
export function RunActs({ run, onChanged }: RunActsProps) {
  const t = useT();
  const { cancel, retry, watch } = useRunActs(run.id, onChanged);
  const { cancellable, retryable, watchable } = run;
  return (
    <>
      <div className={styles.acts}>
        {watchable && <Button size="compact-xs" loading={watch.busy} onClick={() => void watch.run()}>{t('run.watch')}</Button>}
        {retryable && <Button size="compact-xs" variant="default" loading={retry.busy} onClick={() => void retry.run()}>{t('run.retry')}</Button>}
        {cancellable && (
          <ConfirmButton act={t('run.cancel')} effect={t('run.cancel.effect')} busy={cancel.busy} problems={cancel.problems}
            onConfirm={() => void cancel.run()} />
        )}
        <Button size="compact-xs" variant="default" leftSection={<IconDownload size={14} />} onClick={() => downloadRun(run)}>
          {t('run.downloadJson')}
        </Button>
      </div>
      <Problems problems={[...retry.problems, ...watch.problems]} />
    </>
  );
}
