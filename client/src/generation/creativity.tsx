import { useId } from 'react';
import { useT } from '../i18n/use-t';
import styles from './creativity.module.css';

interface CreativityProps {
  range: { min: number; max: number };
  value: number;
  /** The same as the vendor counts it. */
  cfgScale: number;
  onChange: (value: number) => void;
}

/** How freely the prompt is taken, with what both ends mean, and what the vendor gets for it. */
export function Creativity({ range: { min, max }, value, cfgScale, onChange }: CreativityProps) {
  const t = useT();
  const id = useId();
  const mapped = t('creativity.mapped', { value: cfgScale });
  return (
    <div className={styles.creativity}>
      <div className={styles.line}>
        <label htmlFor={id}>{t('parameter.creativity')}</label>
        <output htmlFor={id} className="number">{value}</output>
      </div>
      <input id={id} type="range" min={min} max={max} step={1} value={value} aria-describedby={`${id}-ends ${id}-mapped`}
        onChange={(event) => onChange(Number(event.currentTarget.value))} />
      <div id={`${id}-ends`} className={styles.line}>
        <span className="muted">{t('creativity.least')}</span>
        <span className="muted">{t('creativity.most')}</span>
      </div>
      <p id={`${id}-mapped`} className="muted number">{mapped}</p>
    </div>
  );
}
