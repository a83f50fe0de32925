export { serviceClientSpec } from './spec';
