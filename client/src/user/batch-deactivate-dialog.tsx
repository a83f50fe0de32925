import { Button } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import type { Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems } from '../ui/form-problems';
import type { BatchDialogProps } from './batch-edit-dialog';
import { BatchResults } from './batch-results';
import { DeactivateUserDocument, ReactivateUserDocument } from './gql/documents';
import type { UserRow } from './list';
import { useBatch, type PartAnswer } from './use-batch';

/** A refusal is about this user and lets the others go on; an answer that never came stops everything. */
const answered = (before: UserRow, user: UserRow | null | undefined, problems: readonly Problem[]): PartAnswer => {
  const [problem] = problems;
  return problem && !problem.rule ? { problems } : { outcomes: [{ user: user ?? before, problem }] };
};

/** Deactivates many, one after the other; it can be taken back as long as the results are on screen. */
export default function BatchDeactivateDialog({ users, onChanged, onDone }: BatchDialogProps) {
  const t = useT();
  const deactivate = useAct(DeactivateUserDocument, ({ deactivateUser }) => deactivateUser);
  const reactivate = useAct(ReactivateUserDocument, ({ reactivateUser }) => reactivateUser);
  const batch = useBatch(users, 1, async ([user]) => {
    if (!user) {
      return { outcomes: [] };
    }
    const { payload, problems } = await deactivate.send({ userId: user.id });
    return answered(user, payload?.user, problems);
  }, onChanged);
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
    onDone([]);
  }

  return (
    <Dialog title={title} onClose={() => onDone([])} closable={!batch.busy && !reactivate.busy}>
      {batch.finished ? (
        <>
          <BatchResults outcomes={batch.outcomes} onDone={onDone} undo={batch.outcomes.some(({ problem }) => !problem) && (
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
            <Button variant="default" data-autofocus disabled={batch.busy} onClick={() => onDone([])}>{t('dialog.cancel')}</Button>
            <Button color="red" loading={batch.busy} onClick={() => void batch.run()}>{title}</Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
