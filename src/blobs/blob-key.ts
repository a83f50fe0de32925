const SEGMENT = '[A-Za-z0-9_-][A-Za-z0-9._-]*';
const KEY = new RegExp(`^${SEGMENT}(/${SEGMENT})*$`);
const LENGTH = 500;

/**
 * The key, if it is one: it names a file below the store and nothing else.
 * @throws Error for anything else
 */
export function checkedKey(key: string): string {
  if (key.length <= LENGTH && KEY.test(key)) return key;
  throw new Error('This is not the key of a blob');
}
