import { toCsv } from './csv';

const lines = (text: string) => text.replace('\uFEFF', '').trimEnd().split('\r\n');

describe('CSV export', () => {
  it('starts with a byte order mark and ends lines the RFC way', () => {
    expect(toCsv(['a', 'b'], [['1', '2']])).toBe('\uFEFFa,b\r\n1,2\r\n');
  });

  it.each([
    ['=HYPERLINK("http://evil")', '"\'=HYPERLINK(""http://evil"")"'],
    ['+1', '"\'+1"'],
    ['-1', '"\'-1"'],
    ['@SUM(A1)', '"\'@SUM(A1)"'],
    ['\t=1', '"\'\t=1"'],
    ['\r=1', '"\'\r=1"'],
  ])('takes the teeth out of the formula %j', (cell, safe) => {
    expect(toCsv(['h'], [[cell]])).toBe(`\uFEFFh\r\n${safe}\r\n`);
  });

  it.each([
    ['say "hi"', '"say ""hi"""'], ['a,b', '"a,b"'], ['two\nlines', '"two\nlines"'], ['한국어', '한국어'], ['a-b', 'a-b'],
  ])('quotes %j', (cell, quoted) => {
    expect(toCsv(['h'], [[cell]])).toBe(`\uFEFFh\r\n${quoted}\r\n`);
  });

  it('keeps empty cells in place', () => {
    expect(lines(toCsv(['a', 'b', 'c'], [['', 'x', '']]))).toEqual(['a,b,c', ',x,']);
  });
});
