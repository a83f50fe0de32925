export { RunStatePill } from './run-state-pill';
export { scenarios } from './spec';
export { activeStates, isActive } from './states';
export { useRunActs } from './use-run-acts';
