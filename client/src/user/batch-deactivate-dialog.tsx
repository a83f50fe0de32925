import { Button } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { mayRetry, type Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems } from '../ui/form-problems';
import { BatchResults } from './batch-results';
import { DeactivateUserDocument, ReactivateUserDocument } from './gql/documents';
import type { UserRow } from './list';
import { useBatch, type BatchDialogProps, type PartAnswer } from './use-batch';

/** A refusal is about this user and lets the others go on; a server that cannot answer, or not now, is not asked about them all. */
const answered = (before: UserRow, user: UserRow | null | undefined, problems: readonly Problem[]): PartAnswer => {
  const [problem] = problems;
  return problem && (!problem.rule || mayRetry(problem)) ? { problems } : { outcomes: [{ user: user ?? before, problem }] };
};

/** Deactivates many, one after the other; it can be taken back as long as the results are on screen. */
export default function BatchDeactivateDialog(props: BatchDialogProps) {
  const { users, onChanged } = props;
  const t = useT();
  const deactivate = useAct(DeactivateUserDocument, ({ deactivateUser }) => deactivateUser);
  const reactivate = useAct(ReactivateUserDocument, ({ reactivateUser }) => reactivateUser);
  const batch = useBatch(props, 1, async ([user]) => {
    if (!user) {
      return { outcomes: [] };
    }
    const { payload, problems } = await deactivate.send({ userId: user.id });
    return answered(user, payload?.user, problems);
  });
  const title = t('batch.deactivate.title', { count: users.length });

  async function undo(): Promise<void> {
    const deactivated = batch.outcomes.filter(({ problem }) => !problem).map(({ user }) => user);
    for (const { id } of deactivated) {
      const payload = await reactivate.run({ userId: id });
      if (!payload?.user) {
        return;
      }
      onChanged(payload.user);
    }
    batch.done([]);
  }

  return (
    <Dialog title={title} onClose={() => (batch.finished ? batch.done([]) : batch.cancel())} closable={!batch.busy && !reactivate.busy}>
      {batch.finished ? (
        <>
          <BatchResults batch={batch} undo={batch.outcomes.some(({ problem }) => !problem) && (
            <Button variant="default" loading={reactivate.busy} onClick={() => void undo()}>{t('batch.deactivate.undo')}</Button>
          )} />
          <Problems problems={reactivate.problems} />
        </>
      ) : (
        <div className={dialog.form}>
          <ul>
            <li>{t('user.deactivate.sessions')}</li>
            <li>{t('user.deactivate.keys')}</li>
            <li>{t('user.deactivate.history')}</li>
          </ul>
          {batch.busy && <p role="status">{t('batch.progress', { done: batch.outcomes.length, total: users.length })}</p>}
          <Problems problems={batch.problems} onRetry={() => void batch.run()} />
          <div className={dialog.buttons}>
            <Button variant="default" data-autofocus disabled={batch.busy} onClick={batch.cancel}>{t('dialog.cancel')}</Button>
            <Button color="red" loading={batch.busy} onClick={() => void batch.run()}>{title}</Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
