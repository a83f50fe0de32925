export { ClientKeys } from './client-keys';
export { OwnClientKeys } from './own-client-keys';
export { ScopePicker, scopeWords, type ScopeOption } from './scope-picker';
