export { SessionItem } from './session-item';
