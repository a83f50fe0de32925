export { userSpec } from './spec';
