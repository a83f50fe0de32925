import fc from 'fast-check';
import { all, any, compile, containing, name, sql, type Sql } from '../../../src/graphql/sql';

test('every value becomes a parameter, numbered as it stands', () => {
  expect(compile(sql`a = ${1} and b = any(${['x']})`)).toEqual({ text: 'a = $1 and b = any($2)', values: [1, ['x']] });
  expect(compile(sql`no values`)).toEqual({ text: 'no values', values: [] });
});

test('pieces are spliced into each other', () => {
  const inner = sql`b = ${2} or c = ${3}`;
  expect(compile(sql`select ${name('views.users')} where a = ${1} and (${inner}) and d = ${4}`)).toEqual({
    text: 'select views.users where a = $1 and (b = $2 or c = $3) and d = $4', values: [1, 2, 3, 4],
  });
  expect(compile(all([sql`a = ${1}`, sql`b`]))).toEqual({ text: '(a = $1) and (b)', values: [1] });
  expect(compile(any([sql`a = ${1}`, sql`b = ${2}`]))).toEqual({ text: '(a = $1) or (b = $2)', values: [1, 2] });
  expect([compile(all([])).text, compile(any([])).text]).toEqual(['true', 'false']);
});

test('however pieces are nested, texts and values keep their order', () => {
  const { piece } = fc.letrec<{ piece: Sql }>((tie) => ({
    piece: fc.oneof(
      { depthSize: 'small' }, fc.integer().map((value) => sql`(${value})`), fc.constant(sql`x`),
      fc.tuple(tie('piece'), tie('piece')).map(([a, b]) => sql`${a} ${b}`),
    ),
  }));
  fc.assert(fc.property(piece, (made) => {
    const { text, values } = compile(made);
    expect([...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number))).toEqual(values.map((_, index) => index + 1));
  }));
});

test('text never becomes SQL', () => {
  fc.assert(fc.property(fc.string(), (value) => {
    expect(compile(sql`a = ${value}`)).toEqual({ text: 'a = $1', values: [value] });
  }));
});

test.each(['users; drop table users', 'Users', '"users"', 'a.b.', '', '1a', 'a b'])('%p is not a name', (text) => {
  expect(() => name(text)).toThrow('Not a plain SQL name');
});

test('a search text matches itself only', () => {
  expect(containing('100%_\\')).toBe('%100\\%\\_\\\\%');
});
