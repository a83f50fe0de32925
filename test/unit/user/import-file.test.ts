import fc from 'fast-check';
import { readImportFile } from '../../../commands/user/import-file';
import { escapeCell, unescapeCell } from '../../../schema/user/csv';

const ruleOf = (csv: string): unknown => {
  try {
    readImportFile(csv);
  } catch (error) {
    return (error as { refusal?: { rule: string } }).refusal?.rule;
  }
  return undefined;
};

test('columns come in any order, cells are trimmed, empty ones are left out, lines are counted as an editor does', () => {
  expect(readImportFile('\ufeffrole, email ,organization\r\nuser, a@b.test,\r\n\r\n,"c@d.test","Class ""3"",\nnorth"\r\n')).toEqual([
    { line: 2, whole: true, cells: { role: 'user', email: 'a@b.test' } },
    { line: 5, whole: true, cells: { email: 'c@d.test', organization: 'Class "3",\nnorth' } },
  ]);
});

test('a line with too many or too few cells is marked', () => {
  expect(readImportFile('email,role\na@b.test\nc@d.test,user,x\n').map(({ whole }) => whole)).toEqual([false, false]);
});

test('what an export has made text comes back; a password is taken as it stands', () => {
  const [line] = readImportFile(`email,note,password,passwordHash\na@b.test,'-1,'-violet tram,'=x\n`);
  expect(line?.cells).toEqual({ email: 'a@b.test', note: '-1', password: `'-violet tram`, passwordHash: `'=x` });
});

test.each([
  ['', 'csv_columns'],
  ['email', 'csv_empty'],
  ['displayName\nKim', 'csv_columns'],
  ['email,password,salary\na,b,c', 'csv_columns'],
  ['email,email\na,b', 'csv_columns'],
  ['email;role\na@b.test;user', 'csv_columns'],
  ['email,__proto__\na@b.test,x', 'csv_columns'],
  ['email\n"a@b.test', 'csv_malformed'],
  [`email\n${'a@b.test\n'.repeat(501)}`, 'csv_lines'],
])('%j is refused as a whole: %s', (csv, rule) => {
  expect(ruleOf(csv.slice(0, 10_000))).toBe(rule);
});

test('no text whatever makes it fail in a way nobody foresaw', () => {
  const piece = fc.constantFrom('email', ',', '\n', '\r\n', '"', ' ', 'role', 'a@b.test', '=1', "'", '\u0000', '\ufeff', ';', 'é');
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
    expect([undefined, 'csv_columns', 'csv_empty', 'csv_malformed']).toContain(ruleOf(pieces.join('')));
  }), { numRuns: 500 });
});

describe('cells of an export', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('%j is made text', (text) => expect(escapeCell(text)).toBe(`'${text}`));
  test.each(['Kim', '', "O'Neill", '1-2', "'quoted'"])('%j stays', (text) => expect(escapeCell(text)).toBe(text));
  test('come back as they were', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', 'a') }), (text) => {
      expect(unescapeCell(escapeCell(text))).toBe(text);
      expect(escapeCell(text)).not.toMatch(/^[=+\-@\t\r]/);
    }));
  });
});
