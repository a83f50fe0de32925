export { RunStatePill } from './run-state-pill';
export { activeStates, isActive } from './states';
export { useRunActs } from './use-run-acts';
