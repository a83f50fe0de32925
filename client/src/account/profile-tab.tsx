import { useState, type FormEvent } from 'react';
import { Button, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { changeViewer, useSession } from '../session';
import { announce } from '../ui/announcer';
import { Problems, useFormProblems } from '../ui/form-problems';
import { useUnsaved } from '../ui/use-unsaved';
import type { TabProps } from './account';
import styles from './account-screen.module.css';
import { UpdateProfileDocument } from './gql/documents';
import { PreferenceFields } from './preference-fields';
import { UsageToday } from './usage-today';

const fields = ['displayName', 'picture'];

interface Texts {
  displayName: string;
  picture: string;
}

/** Name and picture, what was used today, and how answers should be. */
export function ProfileTab({ account, onChanged }: TabProps) {
  const t = useT();
  const { viewer } = useSession();
  const { user, usage, preferences } = account;
  const act = useAct(UpdateProfileDocument, ({ updateProfile }) => updateProfile);
  const problems = useFormProblems(act.problems, fields);
  /** Only what differs from what is held: the other field follows when it is changed elsewhere, and is not sent. */
  const [typed, setTyped] = useState<Partial<Texts>>({});
  const held: Texts = { displayName: user.displayName, picture: user.picture ?? '' };
  const { displayName, picture } = { ...held, ...typed };
  const changes: { displayName?: string; picture?: string | null } = {
    ...(displayName.trim() !== user.displayName && { displayName: displayName.trim() }),
    ...(picture.trim() !== held.picture && { picture: picture.trim() || null }),
  };
  const changed = Object.keys(changes).length > 0;
  useUnsaved(changed);

  const type = (field: keyof Texts, text: string): void =>
    setTyped(({ [field]: _before, ...other }) => (text === held[field] ? other : { ...other, [field]: text }));

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const payload = await act.run(changes);
    if (payload) {
      // What was typed on while it was being saved stays.
      setTyped((now) => Object.fromEntries(Object.entries(now).filter(([field, text]) => typed[field as keyof Texts] !== text)));
      changeViewer({ user: { ...viewer.user, displayName: displayName.trim() } });
      announce(t('form.saved'));
      onChanged();
    }
  }

  return (
    <>
      <section className={styles.section}>
        <form className={styles.form} onSubmit={(event) => void submit(event)}>
          <TextInput label={t('setup.displayName')} value={displayName} required autoComplete="name" error={problems.of('displayName')}
            onChange={(event) => type('displayName', event.currentTarget.value)} />
          <TextInput label={t('signIn.email')} value={user.email ?? ''} description={t('account.email.help')} readOnly />
          <TextInput type="url" label={t('account.picture')} description={t('account.picture.help')} value={picture} autoComplete="off"
            placeholder="https://" error={problems.of('picture')} onChange={(event) => type('picture', event.currentTarget.value)} />
          <Problems problems={problems.others} />
          <div className={styles.buttons}>
            <Button type="submit" loading={act.busy} disabled={!changed}>{t('form.save')}</Button>
          </div>
        </form>
      </section>
      <UsageToday usage={usage} tier={user.tier} />
      <PreferenceFields preferences={preferences} onChanged={onChanged} />
    </>
  );
}
