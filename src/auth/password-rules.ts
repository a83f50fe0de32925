import { RefusedError, type Refusal } from '../../schema/errors/catalogue';

/**
 * With argon2id, a secret pepper and throttled sign-in, guessing happens online only. Twelve characters that are not a
 * common password withstand that; NIST SP 800-63B-4 suggests 15 for a password without a second factor and forbids
 * composition rules and forced changes, so there are none.
 */
export const MIN_PASSWORD_LENGTH = 12;
/** Long enough for any passphrase (the source asks for at least 64), short enough that hashing its bytes costs nothing. */
export const MAX_PASSWORD_LENGTH = 1_024;

/** What is left of a common password after decoration is taken off. Shorter than the minimum on purpose. */
const COMMON_STEMS = new Set([
  'abc', 'abcd', 'abcdef', 'abcdefghijkl', 'abcdefghijklmnop', 'admin', 'adminadmin', 'administrator', 'asdfasdfasdf', 'asdfgh',
  'asdfghjkl', 'baseball', 'basketball', 'changeme', 'changemenow', 'computer', 'correcthorsebatterystaple', 'default', 'dragon',
  'football', 'iloveyou', 'internet', 'keyledger', 'letmein', 'letmeinnow', 'liverpool', 'login', 'manchester', 'master', 'michael',
  'monkey', 'mypassword', 'passpass', 'passphrase', 'passw', 'password', 'passwordpassword', 'princess', 'qazwsxedc', 'qazwsxedcrfv',
  'qwer', 'qwert', 'qwerty', 'qwertyqwerty', 'qwertyuiop', 'qwertyuiopas', 'qwertyuiopasdfgh', 'qwertyuiopasdfghjkl', 'root', 'secret',
  'secretpassword', 'starwars', 'summer', 'sunshine', 'superman', 'test', 'testtest', 'thisismypassword', 'trustno', 'user', 'verysecret',
  'welcome', 'welcomewelcome', 'whatever', 'winter', 'zaqxswcde', 'zxcvbnm',
]);

const LEET: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', '$': 's', '!': 'i' };

/** The one normal form of a password (NFKC), so that it matches however it was typed. Nothing is trimmed or cut. */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Too long to be anyone's password, judged before any work is done on it. */
export function isOverlong(password: string): boolean {
  return password.length > MAX_PASSWORD_LENGTH * 2 || [...normalisePassword(password)].length > MAX_PASSWORD_LENGTH;
}

/**
 * @param field of the input that holds the password
 * @throws RefusedError V1001 naming the broken rule: `password_too_short`, `password_too_long` or `password_common`
 */
export function checkPassword(password: string, field = 'password'): void {
  const refusal = brokenRule(password);
  if (refusal) throw new RefusedError({ code: 'V1001', ...refusal, path: [field] });
}

/** What is wrong with a password, or undefined. It is never repeated. */
export function brokenRule(password: string): Pick<Refusal, 'rule' | 'message' | 'details'> | undefined {
  if (isOverlong(password)) {
    return { rule: 'password_too_long', message: `Use at most ${MAX_PASSWORD_LENGTH} characters.`, details: { maximum: MAX_PASSWORD_LENGTH } };
  }
  const normal = normalisePassword(password);
  if ([...normal].length < MIN_PASSWORD_LENGTH) {
    const message = `Use at least ${MIN_PASSWORD_LENGTH} characters; a few unrelated words work well.`;
    return { rule: 'password_too_short', message, details: { minimum: MIN_PASSWORD_LENGTH } };
  }
  if (!isCommon(normal)) return undefined;
  return { rule: 'password_common', message: 'This password is among the first that attackers try. Choose another one.' };
}

/** Few different characters, digits alone, or a well-known word dressed up with digits, signs, capitals or leet spelling. */
function isCommon(password: string): boolean {
  const plain = password.toLowerCase();
  if (new Set(plain).size < 5 || /^\d+$/.test(plain)) return true;
  if (/[^ -~]/.test(plain)) return false;
  // Digits and signs at the ends are decoration, inside a word they stand for letters: `P4ssw0rd2024` is `password`.
  const candidates = [plain, plain.replace(/[^a-z]+$/, ''), plain.replace(/^[^a-z]+|[^a-z]+$/g, '')];
  return candidates.some((text) => COMMON_STEMS.has(lettersOf(text)) || COMMON_STEMS.has(lettersOf(spellOut(text))));
}

const lettersOf = (text: string): string => text.replace(/[^a-z]/g, '');
const spellOut = (text: string): string => [...text].map((character) => LEET[character] ?? character).join('');
