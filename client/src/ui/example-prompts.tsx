import { useT, type MessageId } from '../i18n/use-t';
import styles from './example-prompts.module.css';

interface ExamplePromptsProps {
  prompts: readonly MessageId[];
  disabled?: boolean;
  onChoose: (prompt: string) => void;
}

/** Prompts to begin with where there is nothing yet. */
export function ExamplePrompts({ prompts, disabled, onChoose }: ExamplePromptsProps) {
  const t = useT();
  return (
    <ul className={styles.prompts}>
      {prompts.map((prompt) => (
        <li key={prompt}><button type="button" disabled={disabled} onClick={() => onChoose(t(prompt))}>{t(prompt)}</button></li>
      ))}
    </ul>
  );
}
