import { useState, type FormEvent } from 'react';
import { Button, TextInput } from '@mantine/core';
import { ScopePicker } from '../client-key';
import { useAct } from '../graphql/use-act';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { CreateServiceClientDocument, GrantableScopesDocument, UpdateServiceClientDocument } from './gql/documents';
import type { ServiceClientRow } from './list';

interface ServiceClientDialogProps {
  /** The one to change; without, a new one is made. */
  serviceClient?: ServiceClientRow;
  onClose: () => void;
  onSaved: (serviceClient: ServiceClientRow) => void;
}

const sameScopes = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((scope) => other.includes(scope));

/** A program that may call the API: its name and what it may do. */
export default function ServiceClientDialog({ serviceClient, onClose, onSaved }: ServiceClientDialogProps) {
  const t = useT();
  const grantable = useAnswer(GrantableScopesDocument, {});
  const create = useAct(CreateServiceClientDocument, ({ createServiceClient }) => createServiceClient);
  const update = useAct(UpdateServiceClientDocument, ({ updateServiceClient }) => updateServiceClient);
  const act = serviceClient ? update : create;
  // Without the picker there is no place for what is said about the scopes.
  const problems = useFormProblems(act.problems, grantable.data ? ['name', 'scopes'] : ['name']);
  const [typedName, setTypedName] = useState<string>();
  /** Scopes that were switched on or off here. */
  const [switched, setSwitched] = useState<Readonly<Record<string, boolean>>>({});
  const held = serviceClient?.scopes ?? [];
  const scopes = [...new Set([...held, ...Object.keys(switched)])].filter((scope) => switched[scope] ?? held.includes(scope));

  function choose(chosen: readonly string[]): void {
    const changed = [...new Set([...scopes, ...chosen])].filter((scope) => scopes.includes(scope) !== chosen.includes(scope));
    setSwitched({ ...switched, ...Object.fromEntries(changed.map((scope) => [scope, chosen.includes(scope)])) });
  }

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const name = (typedName ?? serviceClient?.name ?? '').trim();
    // What was not changed here is not sent: to say it again would undo what somebody else changed meanwhile.
    const payload = serviceClient
      ? await update.run({
        clientId: serviceClient.id,
        ...(name !== serviceClient.name && { name }),
        ...(!sameScopes(scopes, held) && { scopes }),
      })
      : await create.run({ name, scopes });
    if (payload?.serviceClient) {
      onSaved(payload.serviceClient);
      onClose();
    }
  }

  return (
    <Dialog title={t(serviceClient ? 'serviceClient.edit' : 'serviceClient.create')} size={640} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <TextInput data-autofocus label={t('serviceClient.name')} description={t('serviceClient.name.help')}
          value={typedName ?? serviceClient?.name ?? ''} required autoComplete="off" error={problems.of('name')}
          onChange={(event) => setTypedName(event.currentTarget.value)} />
        {grantable.problem && <ProblemNotice problem={grantable.problem} onRetry={() => void grantable.refresh()} />}
        {grantable.data && (
          <ScopePicker label={t('serviceClient.may')} options={grantable.data.grantableScopes} value={scopes} onChange={choose}
            error={problems.of('scopes')} />
        )}
        {!grantable.data && !grantable.problem && <Skeleton rows={5} />}
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t(serviceClient ? 'form.save' : 'serviceClient.create')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
