import { describeError } from '../../../src/upstreams/error-body';

it.each([
  ['OpenAI', { error: { message: 'no such model', type: 'x', param: null, code: '404' } }, 'no such model'],
  ['plain error', { error: 'busy' }, 'busy'],
  ['FastAPI text', { detail: 'Not Found' }, 'Not Found'],
  ['FastAPI object', { detail: { error: 'bad key' } }, 'bad key'],
  ['FastAPI list', { detail: [{ loc: ['body'], msg: 'field required', type: 'x' }, { msg: 'too long' }] }, 'field required; too long'],
  ['plain message', { message: 'gone' }, 'gone'],
  ['unknown', { trouble: 1 }, ''],
  ['a list', ['x'], ''],
  ['nothing', null, ''],
])('understands %s', (_what, body, expected) => {
  expect(describeError(JSON.stringify(body))).toBe(expected);
});

it('gives one short line, whatever comes', () => {
  expect(describeError('<html>')).toBe('');
  expect(describeError(JSON.stringify({ error: 'a\r\n\u0000b\u202e\ud800  c' }))).toBe('a b c');
  expect(describeError(JSON.stringify({ error: 'x'.repeat(10_000) }))).toHaveLength(300);
});
