import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import DangerDialog from '../ui/danger-dialog';
import { Dialog } from '../ui/dialog';
import { BatchResults } from './batch-results';
import { DeleteUsersDocument } from './gql/documents';
import { batchSize, outcomesOf, useBatch, type BatchDialogProps } from './use-batch';

/** What the API wants typed; the same in every language. */
const phrase = (count: number): string => `delete ${count} users`;

/** Deletes many, after the number was typed. */
export default function BatchDeleteDialog(props: BatchDialogProps) {
  const { users } = props;
  const t = useT();
  const act = useAct(DeleteUsersDocument, ({ deleteUsers }) => deleteUsers);
  const batch = useBatch(props, batchSize, async (part) => {
    const { payload, problems } = await act.send({ userIds: part.map(({ id }) => id), confirmation: phrase(part.length) });
    return payload ? { outcomes: outcomesOf(payload.results, part) } : { problems };
  });
  const title = t('batch.delete.title', { count: users.length });

  return batch.finished ? (
    <Dialog title={title} onClose={() => batch.done([])}><BatchResults batch={batch} /></Dialog>
  ) : (
    <DangerDialog
      title={title}
      consequences={[t('user.delete.sessions'), t('user.delete.keys'), t('user.delete.history')]}
      name={phrase(users.length)}
      act={title}
      busy={batch.busy}
      problems={batch.problems}
      onConfirm={() => void batch.run()}
      onClose={batch.cancel}
    />
  );
}
