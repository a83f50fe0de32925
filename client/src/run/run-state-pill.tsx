import { useT } from '../i18n/use-t';
import { StatusPill } from '../ui/status-pill';
import type { RunState } from './gql/documents';
import { runTones } from './states';

export function RunStatePill({ state }: { state: RunState }) {
  const t = useT();
  return <StatusPill tone={runTones[state]}>{t(`run.state.${state}`)}</StatusPill>;
}
