export { runSpec } from './spec';
