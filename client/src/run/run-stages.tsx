import { useT } from '../i18n/use-t';
import type { RunState } from './gql/documents';
import { stagesOf } from './stages';
import styles from './run-peek.module.css';

/** The way of a run, from the request to its end. */
export function RunStages({ state }: { state: RunState }) {
  const t = useT();
  return (
    <ol className={styles.stages}>
      {stagesOf(state).map(({ stage, standing }) => (
        <li key={stage} data-standing={standing} aria-current={standing === 'now' ? 'step' : undefined}>{t(`run.state.${stage}`)}</li>
      ))}
    </ol>
  );
}
