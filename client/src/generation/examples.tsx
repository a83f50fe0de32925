import { useT, type MessageId } from '../i18n/use-t';
import { Empty } from '../ui/empty';
import styles from './screen.module.css';

interface ExamplesProps {
  prompts: readonly MessageId[];
  /** The GraphQL call that starts such a run. */
  call: string;
  onChoose: (prompt: string) => void;
}

/** Nothing made yet: prompts to begin with. */
export function Examples({ prompts, call, onChoose }: ExamplesProps) {
  const t = useT();
  return (
    <>
      <ul className={styles.examples}>
        {prompts.map((prompt) => (
          <li key={prompt}><button type="button" onClick={() => onChoose(t(prompt))}>{t(prompt)}</button></li>
        ))}
      </ul>
      <Empty title={t('generation.empty')} call={call}>{t('generation.emptyHint')}</Empty>
    </>
  );
}
