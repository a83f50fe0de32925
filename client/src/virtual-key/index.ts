export { virtualKeySpec } from './spec';
