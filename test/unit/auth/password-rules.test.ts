import { RefusedError } from '../../../schema/errors/catalogue';
import { checkPassword, isOverlong, MAX_PASSWORD_LENGTH, normalisePassword } from '../../../src/auth/password-rules';

function ruleBrokenBy(password: string): string | undefined {
  try {
    checkPassword(password);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(RefusedError);
    const { refusal } = error as RefusedError;
    expect(refusal).toMatchObject({ code: 'V1001', path: ['password'] });
    return refusal.rule;
  }
}

describe('password rules', () => {
  const good = ['violet tram on ice', 'Xk2#pQ9!mLw7', '비밀번호는길고어렵게만들자', 'двенадцать слонов', '   twelve  chars   '];
  it.each(good)('accept %j', (password) => {
    expect(ruleBrokenBy(password)).toBeUndefined();
  });

  it.each(['', 'short', 'elevenchars', '비밀번호는길고어렵게'])('refuse %j as too short', (password) => {
    expect(ruleBrokenBy(password)).toBe('password_too_short');
  });

  it('count characters as people see them, up to the limit and no further', () => {
    const emoji = ['🦊', '🐻', '🐼', '🐨', '🐯', '🦁'];
    const long = (length: number): string => Array.from({ length }, (_, i) => emoji[i % emoji.length]).join('');
    expect(ruleBrokenBy(long(12))).toBeUndefined();
    expect(ruleBrokenBy(long(11))).toBe('password_too_short');
    expect(ruleBrokenBy(long(MAX_PASSWORD_LENGTH))).toBeUndefined();
    expect(ruleBrokenBy(long(MAX_PASSWORD_LENGTH + 1))).toBe('password_too_long');
    expect(isOverlong('x'.repeat(1_000_000))).toBe(true);
  });

  it.each(['password1234', 'Password1234!', 'P@ssw0rd2024', '123456789012', 'aaaaaaaaaaaa', 'abababababab', 'qwertyuiop12', 'Qwertyuiop[]',
    'letmein12345', '1234password', 'iloveyou2025', 'keyledger123', 'ADMIN1234567', 'adminadmin12', '!!!!!!!!!!!!1', 'w3lc0me12345'])(
    'refuse %j as common',
    (password) => expect(ruleBrokenBy(password)).toBe('password_common'),
  );

  it('see one password however it was typed', () => {
    expect(normalisePassword('ﬁne café')).toBe(normalisePassword('fine cafe\u0301'));
    expect(normalisePassword(' two  spaces ')).toBe(' two  spaces ');
  });
});
