import { useState } from 'react';
import { TextInput } from '@mantine/core';
import { useT } from '../i18n/use-t';
import styles from './fields.module.css';

interface NumberFieldProps {
  label: string;
  help?: string;
  range: { min: number; max: number };
  value: number;
  error?: string;
  onChange: (value: number) => void;
}

/** A whole number within bounds: typed, stepped with the arrow keys, or drawn with a slider. What is out of bounds is not taken. */
export function NumberField({ label, help, range: { min, max }, value, error, onChange }: NumberFieldProps) {
  const t = useT();
  const [typed, setTyped] = useState<string>();
  const fits = (text: string): boolean => text.trim() !== '' && Number.isInteger(Number(text)) && Number(text) >= min && Number(text) <= max;

  function take(text: string): void {
    setTyped(text);
    if (fits(text)) {
      onChange(Number(text));
    }
  }

  return (
    <div className={styles.number}>
      <TextInput type="number" label={label} description={help} min={min} max={max} step={1} value={typed ?? String(value)}
        error={typed !== undefined && !fits(typed) ? t('form.range', { min, max }) : error}
        onChange={(event) => take(event.currentTarget.value)} onBlur={() => setTyped(undefined)} />
      {/* For the pointer only: by keyboard and by name the field above is the same. */}
      <input type="range" aria-hidden tabIndex={-1} min={min} max={max} value={value}
        onChange={(event) => take(event.currentTarget.value)} onPointerUp={() => setTyped(undefined)} />
    </div>
  );
}
