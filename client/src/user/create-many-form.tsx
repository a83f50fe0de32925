import { useMemo, useState, type FormEvent } from 'react';
import { Button, Textarea, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { ofRefusal, type Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import type { Role } from '../lib/permissions';
import dialog from '../ui/dialog.module.css';
import { Problems } from '../ui/form-problems';
import { problemTitle } from '../ui/problem-notice';
import styles from './batch.module.css';
import type { CreateFormProps } from './create-one-form';
import { CreateUsersDocument } from './gql/documents';
import { lineOf, readPeople } from './people';
import { RoleSelect } from './role-select';
import { batchSize } from './use-batch';

/** `['input', 'users', '3', 'email']` is about the fourth person. */
const personOf = ({ path }: Problem): number | undefined =>
  (path?.[1] === 'users' && path[2] !== undefined ? Number(path[2]) : undefined);

/** A pasted list of addresses; all get the same role, organisation and tier. One that is refused keeps all from being made. */
export function CreateManyForm({ onClose, onCreated }: CreateFormProps) {
  const t = useT();
  const act = useAct(CreateUsersDocument, ({ createUsers }) => createUsers);
  const [text, setText] = useState('');
  const [role, setRole] = useState<Role>('USER');
  const [refused, setRefused] = useState<readonly { email: string; problem: Problem }[]>([]);
  const { people, unread } = useMemo(() => readPeople(text), [text]);
  const tooMany = people.length > batchSize;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const same = {
      role,
      organization: String(form.get('organization')).trim() || undefined,
      tier: String(form.get('tier')).trim() || undefined,
    };
    const { payload, problems } = await act.send({ users: people.map((person) => ({ ...person, ...same })) });
    const emailOf = (index: number | undefined): string => people[index ?? -1]?.email ?? '';
    const late = (payload?.results ?? []).flatMap(({ index, errors }) =>
      errors.slice(0, 1).map((error) => ({ index, email: emailOf(index), problem: ofRefusal(error) })));
    payload?.results?.forEach(({ user }) => user && onCreated(user));
    setRefused([...problems.filter((problem) => personOf(problem) !== undefined)
      .map((problem) => ({ email: emailOf(personOf(problem)), problem })), ...late]);
    if (payload && late.length === 0) {
      onClose();
    } else if (payload) {
      // The others are made: sent again, their addresses would be taken by themselves.
      setText([...people.filter((_, place) => late.some(({ index }) => index === place)).map(lineOf), ...unread].join('\n'));
    }
  }

  return (
    <form className={dialog.form} onSubmit={(event) => void submit(event)}>
      <Textarea data-autofocus label={t('user.create.list')} description={t('user.create.list.help')} value={text} rows={6} required
        placeholder={'ada@example.com\nGrace Hopper <grace@example.com>'} spellCheck={false}
        error={tooMany ? t('user.create.tooMany', { count: batchSize }) : undefined}
        onChange={(event) => setText(event.currentTarget.value)} />
      {unread.length > 0 && <p role="status">{t('user.create.unread', { count: unread.length, lines: unread.slice(0, 3).join(' · ') })}</p>}
      <RoleSelect value={role} onChange={setRole} />
      <div className={dialog.pair}>
        <TextInput name="organization" label={t('user.organization')} autoComplete="off" />
        <TextInput name="tier" label={t('user.tier')} placeholder={t('user.tier.first')} autoComplete="off" />
      </div>
      {refused.length > 0 && (
        <div role="alert">
          <ul className={styles.refused}>
            {refused.map(({ email, problem }) => <li key={`${email} ${problem.rule ?? ''}`}><bdi>{email}</bdi>: {problemTitle(t, problem)}</li>)}
          </ul>
        </div>
      )}
      <Problems problems={act.problems.filter((problem) => personOf(problem) === undefined)} />
      <div className={dialog.buttons}>
        <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
        <Button type="submit" loading={act.busy} disabled={people.length === 0 || tooMany}>
          {t('user.create.act', { count: people.length })}
        </Button>
      </div>
    </form>
  );
}
