import { NativeSelect } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { announce } from '../ui/announcer';
import { Problems } from '../ui/form-problems';
import type { Account } from './account';
import styles from './account-screen.module.css';
import { SetPreferencesDocument, type SetPreferencesInput } from './gql/documents';

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

  async function choose(change: SetPreferencesInput): Promise<void> {
    if (await act.run(change)) {
      announce(t('form.saved'));
      onChanged();
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
            value={preferences[name]}
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
