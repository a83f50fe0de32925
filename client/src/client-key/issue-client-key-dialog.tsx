import '@mantine/core/styles/Switch.layer.css';
import { useState, type FormEvent } from 'react';
import { Button, Switch, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { IssueClientKeyDocument, type IssueClientKeyMutation } from './gql/documents';
import { ScopePicker, type ScopeOption } from './scope-picker';

interface IssueClientKeyDialogProps {
  /** A service client; without, the key is the caller's own. */
  clientId?: string;
  /** What the owner of the key has; a key never has more. */
  scopes: readonly ScopeOption[];
  onClose: () => void;
  onIssued: (issued: IssueClientKeyMutation['issueClientKey'], name: string) => void;
}

const longestDays = 365;

/** A key for programs, with all that its owner may do or less, for at most a year. */
export default function IssueClientKeyDialog({ clientId, scopes, onClose, onIssued }: IssueClientKeyDialogProps) {
  const t = useT();
  const act = useAct(IssueClientKeyDocument, ({ issueClientKey }) => issueClientKey);
  const [everything, setEverything] = useState(true);
  // The picker is only there to show a problem when it is open.
  const problems = useFormProblems(act.problems, everything ? ['name', 'expiresInDays'] : ['name', 'expiresInDays', 'scopes']);
  const [chosen, setChosen] = useState<string[]>([]);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get('name')).trim();
    const payload = await act.run({
      clientId,
      name,
      scopes: everything ? undefined : chosen,
      expiresInDays: Number(form.get('expiresInDays')),
    });
    if (payload) {
      onIssued(payload, name);
    }
  }

  return (
    <Dialog title={t('clientKey.issue')} size={600} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <div className={dialog.pair}>
          <TextInput data-autofocus name="name" label={t('clientKey.name')} description={t('clientKey.name.help')} required
            autoComplete="off" error={problems.of('name')} />
          <TextInput name="expiresInDays" type="number" min={1} max={longestDays} defaultValue={longestDays}
            label={t('clientKey.expiresInDays')} description={t('clientKey.expiresInDays.help')} required
            error={problems.of('expiresInDays')} />
        </div>
        <Switch label={t(clientId ? 'clientKey.allOfClient' : 'clientKey.allOfMine')} checked={everything}
          onChange={(event) => setEverything(event.currentTarget.checked)} />
        {!everything && (
          <ScopePicker label={t('scopes')} options={scopes} value={chosen} onChange={setChosen} error={problems.of('scopes')} />
        )}
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy} disabled={!everything && chosen.length === 0}>{t('clientKey.issue')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
