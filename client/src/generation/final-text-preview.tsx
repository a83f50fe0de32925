import { LEGNEXT_TEXT_LENGTH } from '../../../schema/run/parameter-rules';
import type { LegnextParameters } from '../../../schema/run/parameters';
import { useT } from '../i18n/use-t';
import { count } from '../lib/format';
import { CopyButton } from '../ui/copy-button';
import { finalTextOf } from './final-text';
import styles from './final-text-preview.module.css';

/** The text exactly as LegNext gets it, with the parameters set apart from the words. */
export function FinalTextPreview({ parameters }: { parameters: LegnextParameters }) {
  const t = useT();
  const { text, words, parameters: parts } = finalTextOf(parameters);
  const tooLong = text.length > LEGNEXT_TEXT_LENGTH;
  return (
    <figure className={styles.preview}>
      <figcaption>
        {t('generation.finalText')}
        <CopyButton text={text} label={t('generation.finalText')} />
      </figcaption>
      <p className={styles.text} data-testid="final-text">
        <bdi>{words}</bdi>
        {parts.map((part, place) => <span key={part}>{place > 0 || words !== '' ? ' ' : ''}<code className={styles.parameter}>{part}</code></span>)}
      </p>
      <p className={tooLong ? styles.tooLong : 'muted'} role={tooLong ? 'alert' : undefined}>
        {t('generation.length', { used: count(text.length, t.language), limit: count(LEGNEXT_TEXT_LENGTH, t.language) })}
      </p>
    </figure>
  );
}
