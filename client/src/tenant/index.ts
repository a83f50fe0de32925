export { tenantSpec } from './spec';
