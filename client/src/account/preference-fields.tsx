import { useState } from 'react';
import { NativeSelect } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { announce } from '../ui/announcer';
import { Problems } from '../ui/form-problems';
import type { Account } from './account';
import styles from './account-screen.module.css';
import { SetPreferencesDocument } from './gql/documents';

const choices = {
  pythonSkillLevel: ['BEGINNER', 'INTERMEDIATE'],
  codeOutputStructure: ['MINIMAL', 'STANDARD', 'DETAILED'],
  explanationStyle: ['BRIEF', 'STANDARD', 'DETAILED', 'EDUCATIONAL'],
} as const;

const names = Object.keys(choices) as (keyof typeof choices)[];

interface PreferenceFieldsProps {
  preferences: Account['preferences'];
  onChanged: () => void;
}

/** How code and explanations should be written; each choice is saved as it is made. */
export function PreferenceFields({ preferences, onChanged }: PreferenceFieldsProps) {
  const t = useT();
  const act = useAct(SetPreferencesDocument, ({ setPreferences }) => setPreferences);

  // What was chosen stands until the account is known anew: asking for it takes a while, and may fail.
  const [chosen, setChosen] = useState({ before: preferences, now: preferences });
  const shown = chosen.before === preferences ? chosen.now : preferences;

  async function choose(change: Partial<Account['preferences']>): Promise<void> {
    setChosen({ before: preferences, now: { ...shown, ...change } });
    const payload = await act.run(change);
    if (payload) {
      setChosen({ before: preferences, now: payload.viewer?.preferences ?? { ...shown, ...change } });
      announce(t('form.saved'));
      onChanged();
    } else {
      setChosen({ before: preferences, now: shown });
    }
  }

  return (
    <section className={styles.section} aria-labelledby="preferences">
      <h2 id="preferences">{t('preferences')}</h2>
      <p className="muted">{t('preferences.hint')}</p>
      <div className={styles.form}>
        {names.map((name) => (
          <NativeSelect
            key={name}
            label={t(`preferences.${name}`)}
            value={shown[name]}
            disabled={act.busy}
            data={choices[name].map((value) => ({ value, label: t(`preferences.${value}`) }))}
            onChange={(event) => void choose({ [name]: event.currentTarget.value })}
          />
        ))}
      </div>
      <Problems problems={act.problems} />
    </section>
  );
}
