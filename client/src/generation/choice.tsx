import { useId } from 'react';
import styles from './fields.module.css';

interface ChoiceProps<Value extends string> {
  label: string;
  values: readonly Value[];
  value: Value;
  /** What a value is called; itself when left out. */
  words?: (value: Value) => string;
  /** Why nothing can be chosen; undefined when something can. */
  disabled?: string;
  onChange: (value: Value) => void;
}

/** One of a few, all of them in sight. */
export function Choice<Value extends string>({ label, values, value, words = String, disabled, onChange }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.choice} disabled={disabled !== undefined} aria-describedby={disabled === undefined ? undefined : `${name}-why`}>
      <legend>{label}</legend>
      <div className={styles.options}>
        {values.map((option) => (
          <label key={option}>
            <input type="radio" name={name} className="visually-hidden" value={option} checked={option === value}
              onChange={() => onChange(option)} />
            <span>{words(option)}</span>
          </label>
        ))}
      </div>
      {disabled !== undefined && <p id={`${name}-why`} className="muted">{disabled}</p>}
    </fieldset>
  );
}
