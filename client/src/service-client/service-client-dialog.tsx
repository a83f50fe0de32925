import { useState, type FormEvent } from 'react';
import { Button, TextInput } from '@mantine/core';
import { useQuery } from 'urql';
import { ScopePicker } from '../client-key';
import { toNode } from '../graphql/document';
import { ofError } from '../graphql/problem';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { Skeleton } from '../ui/skeleton';
import { CreateServiceClientDocument, GrantableScopesDocument, UpdateServiceClientDocument } from './gql/documents';
import type { ServiceClientRow } from './list';

interface ServiceClientDialogProps {
  /** The one to change; without, a new one is made. */
  serviceClient?: ServiceClientRow;
  onClose: () => void;
  onSaved: (serviceClient: ServiceClientRow) => void;
}

const fields = ['name', 'scopes'];

/** A program that may call the API: its name and what it may do. */
export default function ServiceClientDialog({ serviceClient, onClose, onSaved }: ServiceClientDialogProps) {
  const t = useT();
  const [{ data, error }] = useQuery({ query: toNode(GrantableScopesDocument) });
  const create = useAct(CreateServiceClientDocument, ({ createServiceClient }) => createServiceClient);
  const update = useAct(UpdateServiceClientDocument, ({ updateServiceClient }) => updateServiceClient);
  const act = serviceClient ? update : create;
  const problems = useFormProblems(act.problems, fields);
  const [scopes, setScopes] = useState<string[]>(serviceClient?.scopes ?? []);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    const payload = serviceClient
      ? await update.run({ clientId: serviceClient.id, name, scopes })
      : await create.run({ name, scopes });
    if (payload?.serviceClient) {
      onSaved(payload.serviceClient);
      onClose();
    }
  }

  return (
    <Dialog title={t(serviceClient ? 'serviceClient.edit' : 'serviceClient.create')} size={640} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <TextInput data-autofocus name="name" label={t('serviceClient.name')} description={t('serviceClient.name.help')}
          defaultValue={serviceClient?.name} required autoComplete="off" error={problems.of('name')} />
        {data
          ? <ScopePicker label={t('serviceClient.may')} options={data.grantableScopes} value={scopes} onChange={setScopes}
              error={problems.of('scopes')} />
          : !error && <Skeleton rows={5} />}
        <Problems problems={error ? [ofError(error)] : problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t(serviceClient ? 'form.save' : 'serviceClient.create')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
