import { useState, type FormEvent } from 'react';
import { Button, Textarea, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { mayRetry, type Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { AssignRoleDocument, AssignTierDocument, SetDailyLimitDocument, UpdateUserDocument } from './gql/documents';
import { nameOf, type UserRow } from './list';
import { RoleSelect } from './role-select';
import { formOf, userChanges, type UserForm } from './user-changes';

interface EditUserDialogProps {
  user: UserRow;
  /** Nobody changes their own role. */
  mayAssignRole: boolean;
  onChanged: (user: UserRow) => void;
  onClose: () => void;
}

interface Answer {
  payload: { user: UserRow | null } | undefined;
  problems: readonly Problem[];
}

const fields = ['displayName', 'organization', 'note', 'tier', 'role', 'requests'];

/** Everything about one user that can be changed; only what was changed is sent. */
export default function EditUserDialog({ user, mayAssignRole, onChanged, onClose }: EditUserDialogProps) {
  const t = useT();
  // What the form started from: a change that somebody else makes meanwhile is not taken back by saving.
  const [base, setBase] = useState(user);
  const [form, setForm] = useState(() => formOf(user));
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [busy, setBusy] = useState(false);
  const updateUser = useAct(UpdateUserDocument, (data) => data.updateUser);
  const assignRole = useAct(AssignRoleDocument, (data) => data.assignRole);
  const assignTier = useAct(AssignTierDocument, (data) => data.assignTier);
  const setDailyLimit = useAct(SetDailyLimitDocument, (data) => data.setDailyLimit);
  const shown = useFormProblems(problems, fields);
  const change = (changed: Partial<UserForm>): void => setForm({ ...form, ...changed });

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const userId = user.id;
    const { profile, tier, role, dailyLimit } = userChanges(base, form);
    const acts: { sets: Partial<UserRow>; send: () => Promise<Answer> }[] = [
      ...(profile ? [{ sets: profile, send: () => updateUser.send({ userId, ...profile }) }] : []),
      ...(tier === undefined ? [] : [{ sets: { tier }, send: () => assignTier.send({ userId, tier }) }]),
      ...(dailyLimit === undefined ? [] : [{ sets: { dailyLimit }, send: () => setDailyLimit.send({ userId, requests: dailyLimit }) }]),
      // Last: it may take away the right to do the others.
      ...(role === undefined ? [] : [{ sets: { role }, send: () => assignRole.send({ userId, role }) }]),
    ];
    setBusy(true);
    const found: Problem[] = [];
    for (const { sets, send } of acts) {
      const { payload, problems: refusals } = await send();
      found.push(...refusals);
      if (payload) {
        // Only what this act set: the answer also holds what others changed, and the form would take that back.
        setBase((held) => ({ ...held, ...sets }));
      }
      if (payload?.user) {
        onChanged(payload.user);
      }
      if (refusals.some(mayRetry)) {
        // Who cannot be reached, or has no time, is not asked for the rest either.
        break;
      }
    }
    setBusy(false);
    setProblems(found);
    if (found.length === 0) {
      onClose();
    }
  }

  return (
    <Dialog title={t('user.edit.title', { name: nameOf(user) })} size={560} closable={!busy} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <TextInput data-autofocus label={t('user.displayName')} value={form.displayName} error={shown.of('displayName')} required
          autoComplete="off" onChange={(event) => change({ displayName: event.currentTarget.value })} />
        <TextInput label={t('user.email')} description={t('user.email.fixed')} value={user.email ?? ''} readOnly />
        {mayAssignRole && <RoleSelect value={form.role} error={shown.of('role')} onChange={(role) => change({ role })} />}
        <div className={dialog.pair}>
          <TextInput label={t('user.organization')} value={form.organization} error={shown.of('organization')} autoComplete="off"
            onChange={(event) => change({ organization: event.currentTarget.value })} />
          <TextInput label={t('user.tier')} value={form.tier} error={shown.of('tier')} required autoComplete="off"
            onChange={(event) => change({ tier: event.currentTarget.value })} />
        </div>
        <TextInput type="number" min={0} max={10_000} label={t('user.dailyLimit')} value={form.dailyLimit} error={shown.of('requests')}
          description={`${user.dailyLimitIsDefault ? `${t('user.dailyLimit.default')} ` : ''}${t('limit.help')}`}
          onChange={(event) => change({ dailyLimit: event.currentTarget.value })} />
        <Textarea label={t('user.note')} description={t('user.note.help')} value={form.note} error={shown.of('note')} rows={3}
          onChange={(event) => change({ note: event.currentTarget.value })} />
        <Problems problems={shown.others} />
        <div className={dialog.buttons}>
          <Button variant="default" disabled={busy} onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={busy}>{t('form.save')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
