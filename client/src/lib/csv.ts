import { escapeCell } from '../../../schema/user/csv';

function cell(value: string): string {
  const safe = escapeCell(value);
  return /[",\n\r;']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * A CSV text (RFC 4180, CRLF) with a byte order mark, which Excel needs to read UTF-8.
 * @param header column titles
 * @param rows one array of texts a row, in the order of the header
 */
export const toCsv = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  `\uFEFF${[header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;

/** The records of a CSV text as they stand there, line breaks inside quotes kept. Blank ones at the end are left out. */
function recordsOf(text: string): readonly string[] {
  const records: string[] = [];
  let record = '';
  let quoted = false;
  for (const line of text.replace('\uFEFF', '').split(/\r\n|\n|\r/)) {
    record = quoted ? `${record}\n${line}` : line;
    // Every quote inside quotes is doubled, so an odd number on a line opens or closes.
    quoted = ((line.match(/"/g) ?? []).length % 2 === 1) !== quoted;
    if (!quoted) {
      records.push(record);
    }
  }
  if (quoted) {
    records.push(record);
  }
  return records.slice(0, records.findLastIndex((held) => held.trim() !== '') + 1);
}

const linesOf = (records: readonly string[]): number => records.join('\n').split('\n').length;

export interface CsvPart {
  /** A CSV text of its own, with the header. */
  csv: string;
  /** Lines of the whole text between its header and the first record here. */
  skipped: number;
}

/**
 * Cuts a CSV text into parts that each have its header, for a server that takes so many records at once.
 * @param size most records a part
 */
export function splitCsv(text: string, size: number): readonly CsvPart[] {
  const [header = '', ...records] = recordsOf(text);
  const parts: CsvPart[] = [];
  for (let from = 0; from < Math.max(1, records.length); from += size) {
    const before = records.slice(0, from);
    parts.push({
      csv: [header, ...records.slice(from, from + size)].join('\n'),
      skipped: before.length === 0 ? 0 : linesOf(before),
    });
  }
  return parts;
}

/** Puts the parts of one CSV text together; a header that a later part repeats is left out. */
export function joinCsv(texts: readonly string[]): string {
  const parts = texts.map((text) => text.replace('\uFEFF', ''));
  const header = /^[^\r\n]*/.exec(parts[0] ?? '')?.[0] ?? '';
  const rows = parts.map((text, index) => (index > 0 && /^[^\r\n]*/.exec(text)?.[0] === header
    ? text.slice(header.length).replace(/^(?:\r\n|\n|\r)/, '')
    : text));
  return `\uFEFF${rows.filter((text) => text !== '').map((text) => (/[\r\n]$/.test(text) ? text : `${text}\r\n`)).join('')}`;
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string, type = 'text/csv;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
