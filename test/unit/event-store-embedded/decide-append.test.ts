import { decideAppend, needsWritten, type StreamState, type Written } from '../../../src/event-store/embedded/log/decide-append';
import { NO_EVENTS, TOMBSTONE, type Expected } from '../../../src/event-store/embedded/log/event';

const state = (last: number, more: Partial<StreamState> = {}): StreamState => ({ last, metadata: {}, metadataLast: NO_EVENTS, ...more });
const softDeleted = { metadata: { truncateBefore: TOMBSTONE }, metadataLast: 0 };
const ids = (...names: string[]) => names.map((id) => ({ id }));
/** Events a, b, c, ... at revisions 0, 1, 2, ... and positions 100, 101, 102, ... */
const writtenAs = (names: string) => (id: string): Written[] =>
  [...names].flatMap((name, revision) => (name === id ? [{ revision, position: 100 + revision }] : []));
const nothing = (): Written[] => [];

describe('a plain append', () => {
  test.each<[string, StreamState, Expected, ReturnType<typeof decideAppend>]>([
    ['any on nothing', state(NO_EVENTS), 'any', { kind: 'write', after: -1, revive: false }],
    ['any on events', state(4), 'any', { kind: 'write', after: 4, revive: false }],
    ['no_stream on nothing', state(NO_EVENTS), 'no_stream', { kind: 'write', after: -1, revive: false }],
    ['no_stream on events', state(4), 'no_stream', { kind: 'wrong-version', current: 4 }],
    ['the exact revision', state(4), 4, { kind: 'write', after: 4, revive: false }],
    ['a later revision', state(4), 5, { kind: 'wrong-version', current: 4 }],
    ['an earlier revision', state(4), 3, { kind: 'wrong-version', current: 4 }],
    ['revision 0 on nothing', state(NO_EVENTS), 0, { kind: 'wrong-version', current: -1 }],
    ['stream_exists on nothing', state(NO_EVENTS), 'stream_exists', { kind: 'wrong-version', current: -1 }],
    ['stream_exists on metadata only', state(NO_EVENTS, { metadataLast: 0 }), 'stream_exists', { kind: 'write', after: -1, revive: false }],
    ['stream_exists on events', state(0), 'stream_exists', { kind: 'write', after: 0, revive: false }],
    ['any on a tombstone', state(TOMBSTONE), 'any', { kind: 'deleted' }],
    ['no_stream on a tombstone', state(TOMBSTONE), 'no_stream', { kind: 'deleted' }],
    ['any on a soft-deleted stream', state(4, softDeleted), 'any', { kind: 'write', after: 4, revive: true }],
    ['no_stream on a soft-deleted stream', state(4, softDeleted), 'no_stream', { kind: 'write', after: 4, revive: true }],
    ['the exact revision of a soft-deleted stream', state(4, softDeleted), 4, { kind: 'write', after: 4, revive: true }],
    ['an earlier revision of a soft-deleted stream', state(4, softDeleted), 2, { kind: 'wrong-version', current: 4 }],
    ['stream_exists on a soft-deleted stream', state(4, softDeleted), 'stream_exists', { kind: 'deleted' }],
  ])('%s', (_name, of, expected, decision) => {
    expect(decideAppend(of, expected, ids('new'), nothing)).toEqual(decision);
  });

  test('of nothing is judged and then writes nothing', () => {
    expect(decideAppend(state(4), 4, [], nothing)).toEqual({ kind: 'nothing', last: 4 });
    expect(decideAppend(state(4), 'any', [], nothing)).toEqual({ kind: 'nothing', last: 4 });
    expect(decideAppend(state(4), 3, [], nothing)).toEqual({ kind: 'wrong-version', current: 4 });
  });
});

describe('an append whose ids are known', () => {
  const find = writtenAs('abcde');
  test.each<[string, Expected, string[], ReturnType<typeof decideAppend>]>([
    ['exact: all in place', 1, ['c', 'd'], { kind: 'repeated', revision: 3, position: 103 }],
    ['exact: the last ones', 3, ['e'], { kind: 'repeated', revision: 4, position: 104 }],
    ['no_stream: all in place', 'no_stream', ['a', 'b'], { kind: 'repeated', revision: 1, position: 101 }],
    ['exact: elsewhere', 1, ['d', 'e'], { kind: 'wrong-version', current: 4 }],
    ['exact: out of order', 1, ['d', 'c'], { kind: 'wrong-version', current: 4 }],
    ['exact: more than there are', 3, ['e', 'new'], { kind: 'wrong-version', current: 4 }],
    ['exact: at the end they are written again', 4, ['a'], { kind: 'write', after: 4, revive: false }],
    ['any: all known', 'any', ['b', 'c'], { kind: 'repeated', revision: 2, position: 102 }],
    ['any: the first known, another not', 'any', ['b', 'new'], { kind: 'wrong-version', current: 4 }],
    ['any: the first not known', 'any', ['new', 'b'], { kind: 'write', after: 4, revive: false }],
    ['stream_exists: all known', 'stream_exists', ['e'], { kind: 'repeated', revision: 4, position: 104 }],
  ])('%s', (_name, expected, proposed, decision) => {
    expect(decideAppend(state(4), expected, ids(...proposed), find)).toEqual(decision);
  });

  test('stays repeated when the stream was soft-deleted since', () => {
    expect(decideAppend(state(4, softDeleted), 'no_stream', ids('a', 'b'), find)).toEqual({ kind: 'repeated', revision: 1, position: 101 });
  });
});

test('ids are only asked for where they can matter', () => {
  const asks = (last: number, expected: Expected, proposed = ids('x')): boolean => {
    let asked = false;
    decideAppend(state(last), expected, proposed, () => {
      asked = true;
      return [];
    });
    return asked;
  };
  for (const last of [NO_EVENTS, 0, 3, TOMBSTONE]) {
    for (const expected of ['any', 'no_stream', 'stream_exists', 0, 2, 3, 9] as Expected[]) {
      if (last !== NO_EVENTS && asks(last, expected)) expect(needsWritten(last, expected, ids('x'))).toBe(true);
    }
  }
  expect(needsWritten(3, 3, ids('x'))).toBe(false);
  expect(needsWritten(NO_EVENTS, 'any', ids('x'))).toBe(false);
  expect(needsWritten(3, 'any', [])).toBe(false);
});
