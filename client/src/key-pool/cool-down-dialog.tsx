import { useState, type FormEvent } from 'react';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { CoolDownProviderKeyDocument } from './gql/documents';
import { finish, type KeyDialogProps } from './key-dialog';

const choices = { '300': 'coolDown.5m', '3600': 'coolDown.1h', 'other': 'coolDown.other' } as const;
const longestMinutes = 1_440;

/** Lets a key rest: nothing is granted on it until then, leases stay. */
export default function CoolDownDialog({ providerKey, onChanged, onClose }: KeyDialogProps) {
  const t = useT();
  const act = useAct(CoolDownProviderKeyDocument, (data) => data.coolDownProviderKey);
  const problems = useFormProblems(act.problems, ['seconds']);
  const [choice, setChoice] = useState<keyof typeof choices>('300');
  const [minutes, setMinutes] = useState('30');

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const seconds = choice === 'other' ? Math.round(Number(minutes) * 60) : Number(choice);
    const payload = await act.run({ providerKeyId: providerKey.id, seconds });
    finish(payload, { onChanged, onClose });
  }

  return (
    <Dialog title={t('coolDown.title', { name: providerKey.name })} closable={!act.busy} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <p>{t('coolDown.help')}</p>
        <NativeSelect
          data-autofocus
          label={t('coolDown.for')}
          value={choice}
          data={Object.entries(choices).map(([value, label]) => ({ value, label: t(label) }))}
          error={choice === 'other' ? undefined : problems.of('seconds')}
          onChange={(event) => setChoice(event.currentTarget.value as keyof typeof choices)}
        />
        {choice === 'other' && (
          <TextInput type="number" min={1} max={longestMinutes} label={t('coolDown.minutes')} required value={minutes}
            error={problems.of('seconds')} onChange={(event) => setMinutes(event.currentTarget.value)} />
        )}
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" disabled={act.busy} onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t('providerKey.coolDown')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
