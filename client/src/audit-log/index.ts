export { auditLogSpec } from './spec';
