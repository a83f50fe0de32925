import '@mantine/core/styles/Checkbox.layer.css';
import { useState, type FormEvent } from 'react';
import { Button, Checkbox } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { RotateProviderKeyDocument } from './gql/documents';
import { finish, type KeyDialogProps } from './key-dialog';
import { hasAccessKey, SecretFields } from './secret-fields';

const fields = ['accessKey', 'secret'];

/** Another secret in place of the one held; what is leased with the old one may end at once. */
export default function RotateKeyDialog({ pool, providerKey, onChanged, onClose }: KeyDialogProps) {
  const t = useT();
  const act = useAct(RotateProviderKeyDocument, (data) => data.rotateProviderKey);
  const problems = useFormProblems(act.problems, fields);
  const [revokeLeases, setRevokeLeases] = useState(true);
  const { id, name, activeLeases } = providerKey;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const secret = (field: string): string => String(typed.get(field) ?? '').trim();
    const payload = await act.run({
      providerKeyId: id,
      secret: secret('secret'),
      ...(hasAccessKey(pool.provider) && { accessKey: secret('accessKey') }),
      revokeLeases,
    });
    finish(payload, { onChanged, onClose });
  }

  return (
    <Dialog title={t('providerKey.rotate.title', { name })} closable={!act.busy} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <p>{t('providerKey.rotate.help')}</p>
        <SecretFields provider={pool.provider} problemOf={problems.of} />
        <Checkbox label={t('providerKey.rotate.revoke')} description={t('providerKey.rotate.revoke.help', { count: activeLeases })}
          checked={revokeLeases} onChange={(event) => setRevokeLeases(event.currentTarget.checked)} />
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" disabled={act.busy} onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t('providerKey.rotate')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
