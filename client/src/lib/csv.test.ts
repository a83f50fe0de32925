import { joinCsv, splitCsv, toCsv } from './csv';

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

describe('CSV in parts', () => {
  it('repeats the header and says how many lines came before', () => {
    expect(splitCsv('\uFEFFemail,name\r\na,1\r\nb,2\r\nc,3\r\n', 2)).toEqual([
      { csv: 'email,name\na,1\nb,2', skipped: 0 },
      { csv: 'email,name\nc,3', skipped: 2 },
    ]);
  });

  it('never cuts inside quotes, and counts their lines', () => {
    const parts = splitCsv('h\n"one\n""two"""\nthree\n"four\nfive"', 1);
    expect(parts.map(({ csv }) => csv)).toEqual(['h\n"one\n""two"""', 'h\nthree', 'h\n"four\nfive"']);
    expect(parts.map(({ skipped }) => skipped)).toEqual([0, 2, 3]);
  });

  it('keeps an unfinished quote whole, for the server to refuse', () => {
    expect(splitCsv('h\n"open\nend', 10)).toEqual([{ csv: 'h\n"open\nend', skipped: 0 }]);
  });

  it('makes one part of a header alone, and of nothing', () => {
    expect(splitCsv('h\n', 500)).toEqual([{ csv: 'h', skipped: 0 }]);
    expect(splitCsv('', 500)).toEqual([{ csv: '', skipped: 0 }]);
  });

  it('puts parts together under one header, repeated or not', () => {
    expect(joinCsv(['h\na\n', 'b\n'])).toBe('\uFEFFh\na\nb\n');
    expect(joinCsv(['\uFEFFh\r\na\r\n', '\uFEFFh\r\nb\r\n', 'h\r\n'])).toBe('\uFEFFh\r\na\r\nb\r\n');
    expect(joinCsv(['h\na', 'h\nb'])).toBe('\uFEFFh\na\r\nb\r\n');
  });
});
