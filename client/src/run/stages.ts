import type { RunState } from './gql/documents';

export interface Stage {
  stage: RunState;
  standing: 'done' | 'now' | 'ahead' | 'failed';
}

const way: readonly RunState[] = ['REQUESTED', 'QUEUED', 'LEASED', 'SUBMITTED', 'POLLING', 'SUCCEEDED'];
const failures: readonly RunState[] = ['FAILED', 'TIMED_OUT', 'CANCELLED', 'REJECTED'];

/** The stages of a run that stands at `state`; a run that ended badly shows its end instead of the rest of the way. */
export function stagesOf(state: RunState): readonly Stage[] {
  if (failures.includes(state)) {
    return [{ stage: 'REQUESTED', standing: 'done' }, { stage: state, standing: 'failed' }];
  }
  const at = way.indexOf(state);
  return way.map((stage, index) => {
    const passed = index < at || state === 'SUCCEEDED';
    return { stage, standing: passed ? 'done' : index === at ? 'now' : 'ahead' };
  });
}
