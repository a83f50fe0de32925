export { useConcurrency } from './concurrency';
export { useClearSlots } from './use-clear-slots';
