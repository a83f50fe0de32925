import { TOMBSTONE } from '../../../src/event-store/embedded/log/event';
import {
  firstVisible, isSoftDeleted, parseStreamMetadata, SOFT_DELETE_JSON, withTruncateBefore,
} from '../../../src/event-store/embedded/log/stream-metadata';

const parse = (json: string) => parseStreamMetadata(Buffer.from(json));

test('limits are read; what is not a sensible value counts as not there', () => {
  const limits = { maxCount: 3, maxAgeMs: 2_000, truncateBefore: 5 };
  expect(parse('{"$maxCount":3,"$maxAge":2,"$tb":5,"$acl":{"$r":"$all"},"own":1}')).toEqual(limits);
  for (const json of ['', 'null', '[]', '"x"', '{', '{"$maxCount":0,"$maxAge":-1,"$tb":"5"}']) {
    const { maxCount, maxAgeMs, truncateBefore } = parse(json);
    expect([maxCount, maxAgeMs, truncateBefore]).toEqual([undefined, undefined, undefined]);
  }
  expect(parseStreamMetadata(undefined)).toEqual({});
});

test('a soft delete survives that 2^63-1 is not a number of this language', () => {
  expect(isSoftDeleted(parseStreamMetadata(SOFT_DELETE_JSON))).toBe(true);
  expect(isSoftDeleted(parse('{"$tb":9223372036854775000}'))).toBe(true);
  expect(isSoftDeleted(parse('{"$tb":9007199254740991}'))).toBe(false);
  expect(isSoftDeleted({ truncateBefore: TOMBSTONE })).toBe(true);
});

test('reviving keeps everything but the truncation', () => {
  const source = parse('{"$maxCount":3,"own":[1],"$tb":9223372036854775807}').deletedSource;
  expect(JSON.parse(withTruncateBefore(source, 7).toString())).toEqual({ $maxCount: 3, own: [1], $tb: 7 });
  expect(JSON.parse(withTruncateBefore(undefined, 0).toString())).toEqual({ $tb: 0 });
});

test('the first visible revision is the stricter of count and truncation', () => {
  expect(firstVisible(9, {})).toBe(0);
  expect(firstVisible(9, { maxCount: 3 })).toBe(7);
  expect(firstVisible(9, { maxCount: 3, truncateBefore: 8 })).toBe(8);
  expect(firstVisible(9, { maxCount: 30, truncateBefore: 2 })).toBe(2);
});
