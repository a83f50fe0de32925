import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/Combobox.layer.css';
import { useState, type FormEvent } from 'react';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import type { Role } from '../lib/permissions';
import { useSession } from '../session';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { batchChanges, type BatchForm } from './batch-changes';
import { BatchResults } from './batch-results';
import { ClearableInput } from './clearable-input';
import { UpdateUsersDocument } from './gql/documents';
import { rolesToGive } from './rights';
import { batchSize, outcomesOf, useBatch, type BatchDialogProps } from './use-batch';

const fields = ['organization', 'note', 'tier', 'role'];
const untouched: BatchForm = { organization: { text: '', clear: false }, note: { text: '', clear: false }, tier: '', role: '' };

/** The same change for many: what is left empty stays as each has it. */
export default function BatchEditDialog(props: BatchDialogProps) {
  const { users } = props;
  const t = useT();
  const { viewer } = useSession();
  const act = useAct(UpdateUsersDocument, ({ updateUsers }) => updateUsers);
  const [form, setForm] = useState(untouched);
  const [empty, setEmpty] = useState(false);
  const batch = useBatch(props, batchSize, async (part) => {
    const { payload, problems } = await act.send({ userIds: part.map(({ id }) => id), ...batchChanges(form) });
    return payload ? { outcomes: outcomesOf(payload.results, part) } : { problems };
  });
  const problems = useFormProblems(batch.problems, fields);
  const change = (changed: Partial<BatchForm>): void => setForm({ ...form, ...changed });

  function submit(event: FormEvent): void {
    event.preventDefault();
    const nothing = Object.keys(batchChanges(form)).length === 0;
    setEmpty(nothing);
    if (!nothing) {
      void batch.run();
    }
  }

  return (
    <Dialog title={t('batch.edit.title', { count: users.length })} size={560} onClose={() => (batch.finished ? batch.done([]) : batch.cancel())} closable={!batch.busy}>
      {batch.finished ? <BatchResults batch={batch} /> : (
        <form className={dialog.form} onSubmit={submit}>
          <p className="muted">{t('batch.edit.hint')}</p>
          <ClearableInput label={t('user.organization')} value={form.organization} error={problems.of('organization')}
            onChange={(organization) => change({ organization })} />
          <ClearableInput label={t('user.note')} value={form.note} error={problems.of('note')} onChange={(note) => change({ note })} />
          <TextInput label={t('user.tier')} placeholder={t('batch.keep')} value={form.tier} error={problems.of('tier')} autoComplete="off"
            onChange={(event) => change({ tier: event.currentTarget.value })} />
          <NativeSelect label={t('user.role')} value={form.role} error={problems.of('role')}
            data={[{ value: '', label: t('batch.keep') }, ...rolesToGive(viewer.role).map((value) => ({ value, label: t(`role.${value}`) }))]}
            onChange={(event) => change({ role: event.currentTarget.value as Role | '' })} />
          {empty && <p role="alert">{t('batch.edit.nothing')}</p>}
          <Problems problems={problems.others} onRetry={() => void batch.run()} />
          <div className={dialog.buttons}>
            <Button variant="default" disabled={batch.busy} onClick={batch.cancel}>{t('dialog.cancel')}</Button>
            <Button type="submit" loading={batch.busy}>{t('batch.edit.act', { count: users.length })}</Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
