import { useT } from '../i18n/use-t';
import { StatusPill, type Tone } from '../ui/status-pill';
import type { RunState } from './gql/documents';

const tones: Record<RunState, Tone> = {
  REQUESTED: 'queued',
  QUEUED: 'queued',
  LEASED: 'waiting',
  SUBMITTED: 'running',
  POLLING: 'running',
  SUCCEEDED: 'good',
  FAILED: 'bad',
  TIMED_OUT: 'warning',
  CANCELLED: 'cancelled',
  REJECTED: 'bad',
};

export function StatePill({ state }: { state: RunState }) {
  const t = useT();
  return <StatusPill tone={tones[state]}>{t(`run.state.${state}`)}</StatusPill>;
}
