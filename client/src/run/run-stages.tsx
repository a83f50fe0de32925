import { useT } from '../i18n/use-t';
import way from '../ui/way.module.css';
import type { RunState } from './gql/documents';
import { stagesOf } from './stages';

/** The way of a run, from the request to its end. */
export function RunStages({ state }: { state: RunState }) {
  const t = useT();
  return (
    <ol className={way.way}>
      {stagesOf(state).map(({ stage, standing }) => (
        <li key={stage} data-standing={standing} aria-current={standing === 'now' ? 'step' : undefined}><span>{t(`run.state.${stage}`)}</span></li>
      ))}
    </ol>
  );
}
