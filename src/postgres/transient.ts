/** SQLSTATE classes that tell of the server's condition, not of the statement: connection, resources, shutdown, I/O. */
const TRANSIENT_CLASSES = new Set(['08', '53', '58']);
const TRANSIENT_STATES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
]);
const TRANSIENT_SYSTEM_CODES = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'EAI_AGAIN',
]);
/** What `pg` and its pool say when it is the connection, which then has no code. */
const CONNECTION_MESSAGES =
  /connection (terminated|ended|error)|timeout exceeded when trying to connect|client (was closed|has encountered)|not queryable/i;

/** Whether trying the same statement again later can help: the database was away, full or busy. */
export function isTransient(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return typeof message === 'string' && CONNECTION_MESSAGES.test(message);
  return TRANSIENT_SYSTEM_CODES.has(code) || TRANSIENT_STATES.has(code) || (code.length === 5 && TRANSIENT_CLASSES.has(code.slice(0, 2)));
}
