/** Columns of a file of people, in the order of an export. An import takes any of them in any order. */
export const exportColumns = ['email', 'displayName', 'role', 'organization', 'note', 'tier'] as const;

/** What a file may bring in but never takes out comes last. */
export const importColumns = [...exportColumns, 'password', 'passwordHash'] as const;

export type ImportColumn = (typeof importColumns)[number];

/** What a spreadsheet takes for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const ESCAPED = /^'(?=[=+\-@\t\r'])/;

/** A cell that no spreadsheet runs: an apostrophe in front makes it text. One that has one already gets another. */
export function escapeCell(text: string): string {
  return FORMULA.test(text) || ESCAPED.test(text) ? `'${text}` : text;
}

/** The text of a cell that `escapeCell` has made; every other text stays as it is. */
export function unescapeCell(cell: string): string {
  return cell.replace(ESCAPED, '');
}
