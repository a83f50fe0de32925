import { startDeadline } from '../../../src/http/deadline';
import { createLogger, scrubbed } from '../../../src/http/log';
import { originsOf } from '../../../src/http/origins';
import { sessionCookie } from '../../../src/http/session-cookie';
import { DateTime, Position } from '../../../src/graphql/scalars';

describe('a deadline', () => {
  beforeEach(() => { jest.useFakeTimers(); });
  afterEach(() => { jest.useRealTimers(); });

  test('passes after its time and aborts', async () => {
    const deadline = startDeadline(1_000);
    jest.advanceTimersByTime(999);
    expect(deadline.signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(deadline.signal.aborted).toBe(true);
    expect(await deadline.passed).toBe('passed');
  });

  test('can be given another length, be ended, and be abandoned', () => {
    const [longer, ended, abandoned] = [startDeadline(1_000), startDeadline(1_000), startDeadline(1_000)];
    longer.restart(3_000);
    ended.end();
    abandoned.abandon();
    jest.advanceTimersByTime(2_000);
    expect([longer.signal.aborted, ended.signal.aborted, abandoned.signal.aborted]).toEqual([false, false, true]);
    jest.advanceTimersByTime(1_000);
    expect(longer.signal.aborted).toBe(true);
  });
});

test('a session cookie is read by its exact name, once, and only when it looks like a token', () => {
  const { read } = sessionCookie(false);
  expect(read('a=1; keyledger=tok_en-1; b=2')).toBe('tok_en-1');
  for (
    const header of [
      undefined, '', 'keyledgerx=1', 'xkeyledger=1', 'keyledger=', 'keyledger=a b', 'keyledger="a"', 'keyledger=a; keyledger=b',
      `keyledger=${'x'.repeat(201)}`,
    ]
  ) expect(read(header)).toBeUndefined();
  expect(sessionCookie(true).read('keyledger=a; __Host-keyledger=b')).toBe('b');
});

test('origins are compared whole', () => {
  const origins = originsOf(['https://keys.example/path', 'http://localhost:5173']);
  expect(['https://keys.example', 'http://localhost:5173'].map((origin) => origins.allowsUpgrade({ origin }))).toEqual([true, true]);
  expect(
    [
      undefined, 'null', '', 'https://keys.example.evil', 'http://keys.example', 'https://keys.example:444', 'https://KEYS.example',
    ].map((origin) => origins.allowsUpgrade({ origin }))
  ).not.toContain(true);
  expect(['https://keys.example', 'null', ''].map(origins.allowsPage)).toEqual([true, false, false]);
  expect([
    origins.allowsRequest(undefined, undefined), origins.allowsRequest(undefined, 'same-origin'),
    origins.allowsRequest(undefined, 'cross-site'),
  ]).toEqual([true, true, false]);
  expect(
    [
      'http://127.0.0.1:5173', 'http://[::1]:5173', 'http://localhost:5174', 'https://localhost:5173',
    ].map((origin) => origins.allowsUpgrade({ origin }))
  ).toEqual([true, true, false, false]);
});

test('the log writes errors by an allow-list, without what looks like a credential', () => {
  const lines: string[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(line) });
  const cause = Object.assign(
    new Error('connect postgres://me:pa55word@db:5432/x failed'),
    { code: 'ECONNREFUSED', config: { headers: { authorization: 'Bearer canary-1' } } },
  );
  log.error({ err: new Error('upstream said: Authorization: Bearer canary-2, key sk-test-not-a-key', { cause }) }, 'It failed');
  log.error({ err: { password: 'canary-3' }, req: { headers: { cookie: 'canary-4' } } }, 'It failed');
  expect(lines.join('')).not.toMatch(/pa55word|canary|not-a-key/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    err: { type: 'Error', cause: { code: 'ECONNREFUSED', message: 'connect postgres://***@db:5432/x failed' } }, msg: 'It failed',
  });
  expect(scrubbed('nothing to hide in https://example.org/a@b')).toBe('nothing to hide in https://example.org/a@b');
});

test('moments and positions keep all their digits', () => {
  expect(DateTime.serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  expect(DateTime.parseValue('2026-01-01T01:00:00+01:00')).toEqual(new Date('2026-01-01T00:00:00Z'));
  for (
    const junk of ['yesterday', '2026-01-01', '2026-13-01T00:00:00Z', 0, null]
  ) expect(() => DateTime.parseValue(junk)).toThrow('ISO 8601');
  expect(Position.serialize(2n ** 63n - 1n)).toBe('9223372036854775807');
  expect(Position.parseValue('9223372036854775807')).toBe(2n ** 63n - 1n);
  for (const junk of [1, '-1', '1.0', '', '1e3', null]) expect(() => Position.parseValue(junk)).toThrow('Position');
});
