import { useState, type FormEvent } from 'react';
import { Button, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { changeViewer, useSession } from '../setup';
import { announce } from '../ui/announcer';
import { Problems, useFormProblems } from '../ui/form-problems';
import { useUnsaved } from '../ui/use-unsaved';
import type { TabProps } from './account';
import styles from './account-screen.module.css';
import { UpdateProfileDocument } from './gql/documents';
import { PreferenceFields } from './preference-fields';
import { UsageToday } from './usage-today';

const fields = ['displayName', 'picture'];

/** Name and picture, what was used today, and how answers should be. */
export function ProfileTab({ account, onChanged }: TabProps) {
  const t = useT();
  const { viewer } = useSession();
  const { user, usage, preferences } = account;
  const act = useAct(UpdateProfileDocument, ({ updateProfile }) => updateProfile);
  const problems = useFormProblems(act.problems, fields);
  const [displayName, setDisplayName] = useState(user.displayName);
  const [picture, setPicture] = useState(user.picture ?? '');
  const changed = displayName !== user.displayName || picture !== (user.picture ?? '');
  useUnsaved(changed);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const payload = await act.run({ displayName: displayName.trim(), picture: picture.trim() || null });
    if (payload) {
      const saved = { displayName: displayName.trim(), picture: picture.trim() || null };
      setDisplayName(saved.displayName);
      changeViewer({ user: { ...viewer.user, ...saved } });
      announce(t('form.saved'));
      onChanged();
    }
  }

  return (
    <>
      <section className={styles.section}>
        <form className={styles.form} onSubmit={(event) => void submit(event)}>
          <TextInput label={t('setup.displayName')} value={displayName} required autoComplete="name" error={problems.of('displayName')}
            onChange={(event) => setDisplayName(event.currentTarget.value)} />
          <TextInput label={t('signIn.email')} value={user.email ?? ''} description={t('account.email.help')} readOnly />
          <TextInput type="url" label={t('account.picture')} description={t('account.picture.help')} value={picture} autoComplete="off"
            placeholder="https://" error={problems.of('picture')} onChange={(event) => setPicture(event.currentTarget.value)} />
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
