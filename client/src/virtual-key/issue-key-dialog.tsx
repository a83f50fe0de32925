import '@mantine/core/styles/ScrollArea.layer.css';
import '@mantine/core/styles/Combobox.layer.css';
import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/PillsInput.layer.css';
import { useState, type FormEvent } from 'react';
import { Button, Select, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from 'urql';
import { toNode } from '../graphql/document';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { IssueKeyDocument, KeyOwnersDocument, type IssueKeyMutation } from './gql/documents';

interface IssueKeyDialogProps {
  owner?: { id: string; displayName: string };
  onClose: () => void;
  onIssued: (issued: IssueKeyMutation['issueKey'], keyAlias: string) => void;
}

const fields = ['ownerId', 'keyAlias', 'models', 'maxBudget', 'budgetDuration', 'rpmLimit', 'tpmLimit', 'maxParallelRequests', 'duration'];

const whole = (value: FormDataEntryValue | null): number | undefined => (value === null || value === '' ? undefined : Number(value));
const words = (value: FormDataEntryValue | null): string | undefined => (typeof value === 'string' ? value.trim() || undefined : undefined);

/** A key for one user, with its limits. Empty limits are no limits, 0 is blocked. */
export default function IssueKeyDialog({ owner, onClose, onIssued }: IssueKeyDialogProps) {
  const t = useT();
  const act = useAct(IssueKeyDocument, ({ issueKey }) => issueKey);
  const [ownerId, setOwnerId] = useState<string | null>(owner?.id ?? null);
  const [looked, setLooked] = useState('');
  const [models, setModels] = useState<string[]>([]);
  const [{ data }] = useQuery({ query: toNode(KeyOwnersDocument), variables: { search: looked || undefined } });
  const owners = (data?.users.nodes ?? [])
    .map(({ id, displayName, email }) => ({ value: id, label: email ? `${displayName} · ${email}` : displayName }));
  const problems = useFormProblems(act.problems, fields);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const keyAlias = String(form.get('keyAlias'));
    const payload = await act.run({
      ownerId: ownerId ?? '',
      keyAlias,
      models,
      maxBudget: words(form.get('maxBudget')),
      budgetDuration: words(form.get('budgetDuration')),
      rpmLimit: whole(form.get('rpmLimit')),
      tpmLimit: whole(form.get('tpmLimit')),
      maxParallelRequests: whole(form.get('maxParallelRequests')),
      duration: words(form.get('duration')),
    });
    if (payload) {
      onIssued(payload, keyAlias);
    }
  }

  return (
    <Dialog title={t('virtualKey.issue')} size={560} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <Select data-autofocus={!owner} label={t('virtualKey.owner')} placeholder={t('virtualKey.ownerSearch')} searchable required
          data={owners} value={ownerId} onChange={setOwnerId} onSearchChange={setLooked} filter={({ options }) => options}
          nothingFoundMessage={t('palette.nothing')} error={problems.of('ownerId')} comboboxProps={{ transitionProps: { duration: 0 } }} />
        <TextInput name="keyAlias" label={t('virtualKey.keyAlias')} description={t('virtualKey.keyAlias.help')}
          error={problems.of('keyAlias')}
          required autoComplete="off" />
        <TagsInput label={t('virtualKey.models')} description={t('virtualKey.models.help')} value={models} onChange={setModels}
          splitChars={[',', ' ']}
          error={problems.of('models')} comboboxProps={{ transitionProps: { duration: 0 } }} />
        <div className={dialog.pair}>
          <TextInput name="maxBudget" inputMode="decimal" label={t('virtualKey.maxBudget')} description={t('virtualKey.maxBudget.help')}
            error={problems.of('maxBudget')} />
          <TextInput name="budgetDuration" label={t('virtualKey.budgetDuration')} description={t('virtualKey.span.help')}
            error={problems.of('budgetDuration')} />
          <TextInput name="rpmLimit" type="number" min={0} label={t('virtualKey.rpmLimit')} description={t('limit.help')}
            error={problems.of('rpmLimit')} />
          <TextInput name="tpmLimit" type="number" min={0} label={t('virtualKey.tpmLimit')} description={t('limit.help')}
            error={problems.of('tpmLimit')} />
          <TextInput name="maxParallelRequests" type="number" min={0} label={t('virtualKey.maxParallelRequests')}
            description={t('limit.help')}
            error={problems.of('maxParallelRequests')} />
          <TextInput name="duration" label={t('virtualKey.duration')} description={t('virtualKey.span.help')}
            error={problems.of('duration')} />
        </div>
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t('virtualKey.issue')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
