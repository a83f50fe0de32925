import { expiresSoon, standingOf } from './key-standing';

const now = Date.parse('2026-01-01T12:00:00Z');
const at = (ms: number) => new Date(now + ms).toISOString();
const day = 24 * 60 * 60_000;
const key = { active: true, expiresAt: null, coolingDownUntil: null };

it('a key that is off stays off, however else it stands', () => {
  expect(standingOf({ ...key, active: false, expiresAt: at(-1), coolingDownUntil: at(1) }, now)).toBe('OFF');
});

it('expires at its very moment, and rests until the very moment', () => {
  expect(standingOf({ ...key, expiresAt: at(0) }, now)).toBe('EXPIRED');
  expect(standingOf({ ...key, expiresAt: at(1) }, now)).toBe('READY');
  expect(standingOf({ ...key, coolingDownUntil: at(1) }, now)).toBe('COOLING');
  expect(standingOf({ ...key, coolingDownUntil: at(0) }, now)).toBe('READY');
});

it('warns for a week before the end, not after it', () => {
  expect(expiresSoon({ expiresAt: at(7 * day) }, now)).toBe(false);
  expect(expiresSoon({ expiresAt: at(7 * day - 1) }, now)).toBe(true);
  expect(expiresSoon({ expiresAt: at(0) }, now)).toBe(false);
  expect(expiresSoon({ expiresAt: null }, now)).toBe(false);
});
