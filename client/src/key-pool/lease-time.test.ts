import { isLate, shareLeft, timeLeft } from './lease-time';

const now = Date.parse('2026-01-01T12:00:00Z');
const at = (seconds: number) => new Date(now + seconds * 1_000).toISOString();

it('runs down with its time to live and not past it', () => {
  expect(shareLeft({ expiresAt: at(120), ttlSeconds: 120 }, now)).toBe(1);
  expect(shareLeft({ expiresAt: at(30), ttlSeconds: 120 }, now)).toBe(0.25);
  expect(shareLeft({ expiresAt: at(-5), ttlSeconds: 120 }, now)).toBe(0);
  // A clock that differs from the server's shows no more than a full bar.
  expect(shareLeft({ expiresAt: at(130), ttlSeconds: 120 }, now)).toBe(1);
  expect(timeLeft({ expiresAt: at(-5) }, now)).toBe(0);
});

it('is late once the last heartbeat is older than half of its time to live', () => {
  expect(isLate({ lastHeartbeatAt: at(-60), ttlSeconds: 120 }, now)).toBe(false);
  expect(isLate({ lastHeartbeatAt: at(-61), ttlSeconds: 120 }, now)).toBe(true);
});
