import '@mantine/core/styles/Checkbox.layer.css';
import { Button, Checkbox } from '@mantine/core';
import { useT, type T } from '../i18n/use-t';
import { groupScopes } from './scope-groups';
import styles from './scope-picker.module.css';

export interface ScopeOption {
  scope: string;
  /** What it allows, in the server's words; stands in where the catalog has none. */
  about: string;
}

/** What a scope allows, in the reader's language. */
export function scopeWords(t: T, { scope, about }: ScopeOption): string {
  const id = `scope.${scope}`;
  return t.knows(id) ? t(id) : about;
}

interface ScopePickerProps {
  label: string;
  options: readonly ScopeOption[];
  value: readonly string[];
  onChange: (scopes: string[]) => void;
  error?: string;
}

/** Scopes to choose from, grouped by what they are about, each with the words of what it allows. */
export function ScopePicker({ label, options, value, onChange, error }: ScopePickerProps) {
  const t = useT();
  const all = options.map(({ scope }) => scope);
  return (
    <Checkbox.Group label={label} value={[...value]} onChange={onChange} error={error}>
      <div className={styles.tools}>
        <span className="muted" aria-live="polite">{t('scopes.chosen', { count: value.length, total: all.length })}</span>
        <Button size="compact-xs" variant="subtle" disabled={value.length === all.length} onClick={() => onChange(all)}>
          {t('scopes.all')}
        </Button>
        <Button size="compact-xs" variant="subtle" disabled={value.length === 0} onClick={() => onChange([])}>
          {t('scopes.none')}
        </Button>
      </div>
      <div className={styles.groups}>
        {groupScopes(options).map(({ concern, options: held }) => (
          <fieldset key={concern} className={styles.group}>
            <legend>{t(`scopes.${concern}`)}</legend>
            {held.map((option) => (
              <Checkbox key={option.scope} size="xs" value={option.scope} label={scopeWords(t, option)}
                description={<code>{option.scope}</code>} />
            ))}
          </fieldset>
        ))}
      </div>
    </Checkbox.Group>
  );
}
