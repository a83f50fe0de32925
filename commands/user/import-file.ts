import { CsvError, parse } from 'csv-parse/sync';
import { RefusedError } from '../../schema/errors/catalogue';
import { exportColumns, importColumns, unescapeCell, type ImportColumn } from '../../schema/user/csv';

const MOST_LINES = 500;

/** One person of a file. Empty cells are left out. */
export interface FileLine {
  /** Where in the file it ends, from 1. */
  line: number;
  cells: Partial<Record<ImportColumn, string>>;
  /** Whether it has as many cells as the header. */
  whole: boolean;
}

/**
 * Reads a file of people: comma-separated, with a header.
 * @throws RefusedError V1001 naming what makes the file as a whole unreadable
 */
export function readImportFile(csv: string): FileLine[] {
  const [header, ...rows] = records(csv);
  const columns = columnsOf(header?.record ?? []);
  if (rows.length === 0) throw refused('csv_empty', 'The file has no line below its header.');
  if (rows.length > MOST_LINES) {
    throw refused('csv_lines', `A file may have at most ${MOST_LINES} lines of people; split it.`, { limit: MOST_LINES, given: rows.length });
  }
  return rows.map(({ record, info }) => {
    const cells = columns.map((column, index) => [column, textOf(column, record[index] ?? '')] as const);
    return { line: info.lines, whole: record.length === columns.length, cells: Object.fromEntries(cells.filter(([, text]) => text !== '')) };
  });
}

/** What no export takes out nobody has escaped: a password may begin with an apostrophe of its own. */
function textOf(column: ImportColumn, cell: string): string {
  return exportColumns.some((name) => name === column) ? unescapeCell(cell) : cell;
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

function records(csv: string): CsvRecord[] {
  try {
    return parse(csv, { bom: true, trim: true, info: true, relax_column_count: true, skip_empty_lines: true }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error['lines'] ?? 0);
    throw refused('csv_malformed', `Line ${line} is not comma-separated text; look at its quotes.`, { line });
  }
}

function columnsOf(header: readonly string[]): ImportColumn[] {
  const unknown = header.filter((name) => !importColumns.includes(name as ImportColumn));
  if (unknown.length > 0) {
    const names = unknown.map((name) => name.slice(0, 50)).slice(0, 10).join(', ');
    throw refused('csv_columns', `The first line names the columns: ${importColumns.join(', ')}. Not known: ${names}.`, { unknown: names });
  }
  if (!header.includes('email')) {
    throw refused('csv_columns', 'The first line names the columns, and `email` is one of them.', { missing: 'email' });
  }
  const repeated = header.find((name, index) => header.indexOf(name) < index);
  if (repeated) throw refused('csv_columns', `The column ${repeated} is there twice.`, { repeated });
  return [...header] as ImportColumn[];
}

function refused(rule: string, message: string, details?: Record<string, string | number>): RefusedError {
  return new RefusedError({ code: 'V1001', rule, message, path: ['csv'], details });
}
