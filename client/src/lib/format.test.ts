import { duration, money, when } from './format';

describe('format', () => {
  it.each([['12.340000', '$12.34'], ['0.004210', '$0.00421'], ['1234567.5', '$1,234,567.50'], ['7', '$7.00'], ['0.000000', '$0.00']])(
    'writes %s as %s without a float', (amount, text) => expect(money(amount)).toBe(text));

  it.each([[840, '840 ms'], [3_200, '3.2 s'], [80_000, '1m 20s'], [7_500_000, '2h 05m']])('writes %d ms as %s', (ms, text) =>
    expect(duration(ms)).toBe(text));

  it('tells times relatively for a day and as a date after that', () => {
    const now = Date.parse('2030-05-05T12:00:00Z');
    expect(when('2030-05-05T11:58:00Z', now, 'en')).toBe('2 min. ago');
    expect(when('2030-05-05T12:00:02Z', now, 'en')).toBe('now');
    expect(when('2030-05-05T12:03:00Z', now, 'en')).toBe('in 3 min.');
    expect(when('2030-05-05T09:00:00Z', now, 'ko')).toBe('3시간 전');
    expect(when('2030-05-01T09:00:00Z', now, 'en')).toContain('May 1, 2030');
  });
});
