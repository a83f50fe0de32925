import { useRef, type ReactNode, type RefObject } from 'react';
import { useT, type MessageId } from '../i18n/use-t';
import { Empty } from '../ui/empty';
import { ExamplePrompts } from '../ui/example-prompts';
import { Page } from '../ui/page';
import type { Operation, Scenario } from './gql/documents';
import { Results } from './results';
import styles from './screen.module.css';
import { SimulatedRibbon } from './simulated-ribbon';

interface GenerationScreenProps {
  title: string;
  /** Which outcome is played; null: a vendor is asked. */
  scenario: Scenario | null;
  /** What the form can start; kept the same as long as they mean the same. */
  operations: readonly Operation[];
  /** Prompts to begin with, as long as there is no result. */
  examples: readonly MessageId[];
  /** The GraphQL call that starts such a run. */
  call: string;
  onExample: (prompt: string) => void;
  /** Presets and form, given the field that an example is put into. */
  children: (words: RefObject<HTMLTextAreaElement | null>) => ReactNode;
}

/** A form that makes things, and beside it what it made. */
export function GenerationScreen({ title, scenario, operations, examples, call, onExample, children }: GenerationScreenProps) {
  const t = useT();
  const words = useRef<HTMLTextAreaElement>(null);

  function choose(prompt: string): void {
    onExample(prompt);
    words.current?.focus();
  }

  return (
    <Page title={title}>
      <SimulatedRibbon scenario={scenario} />
      <div className={styles.screen}>
        <div className={styles.side}>{children(words)}</div>
        <Results operations={operations} empty={(
          <>
            <div className={styles.examples}><ExamplePrompts prompts={examples} onChoose={choose} /></div>
            <Empty title={t('generation.empty')} call={call}>{t('generation.emptyHint')}</Empty>
          </>
        )} />
      </div>
    </Page>
  );
}
