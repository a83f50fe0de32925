/** What graphql-js says of a variable that does not fit, where it repeats nothing of the value. */
const SAFE_REASONS = [
  /Field "\w+" of required type "[\w![\]]+" was not provided\./,
  /Field "\w+" is not defined by type "\w+"\./,
  /Expected non-nullable type "[\w![\]]+" not to be null\./,
  /Expected type "\w+" to be an object\./,
];
const ABSENT = /^Variable "\$\w+" of required type "[\w![\]]+" was not provided\.$/;

/**
 * The message of a variable that does not fit its type, without the value: it may be a password or a key, and messages end
 * up in logs and bug reports of callers.
 */
export function coercionMessage(message: string): string {
  if (ABSENT.test(message)) return message;
  const variable = /^Variable "\$\w+"/.exec(message)?.[0] ?? 'A variable';
  const place = / at "([\w.[\]]+)";/.exec(message)?.[1];
  const reason = SAFE_REASONS.map((pattern) => pattern.exec(message)?.[0]).find(Boolean);
  return `${variable}${place ? ` at "${place}"` : ''} does not fit its type${reason ? `: ${reason}` : '.'}`;
}
