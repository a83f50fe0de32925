import { permitsAt } from './rate-window-permits';

const now = Date.parse('2026-01-01T12:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1_000).toISOString();

it('drains as the permits grow older than a minute', () => {
  const key = { permitsLastMinute: 3, permitTimes: [ago(50), ago(20), ago(1)] };
  expect(permitsAt(key, now)).toBe(3);
  expect(permitsAt(key, now + 9_999)).toBe(3);
  expect(permitsAt(key, now + 10_000)).toBe(2);
  expect(permitsAt(key, now + 59_000)).toBe(0);
});

it('counts permits beyond those whose times were told', () => {
  const key = { permitsLastMinute: 500, permitTimes: Array.from({ length: 200 }, () => ago(30)) };
  expect(permitsAt(key, now)).toBe(500);
  expect(permitsAt(key, now + 30_000)).toBe(300);
});
