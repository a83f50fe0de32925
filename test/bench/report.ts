import os from 'node:os';

/** One line of the table, and what a reader must know to judge it. */
export interface Row {
  what: string;
  against: string;
  measured: string;
  baseline: string;
  /** The ratio, or the figure that the bar is about. */
  result: string;
  bar: string;
  met: boolean;
  /** What was compared with what and how, in a paragraph; may hold a table of its own. */
  about: string;
}

/** One benchmark. */
export interface Bench {
  /** Name on the command line. */
  name: string;
  run(): Promise<Row>;
}

/** The table alone, for the terminal. */
export function tableOf(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['what', 'against', 'measured', 'baseline', 'result', 'bar', 'met']),
    '|---|---|---|---|---|---|---|',
    ...rows.map(({ what, against, measured, baseline, result, bar, met }) => line([what, against, measured, baseline, result, bar, met ? 'yes' : '**no**'])),
  ].join('\n');
}

/** The page `docs/benchmarks.md`. */
export function pageOf(rows: readonly Row[], seconds: number): string {
  const sections = rows.map(({ what, about }) => `## ${capitalized(what)}\n\n${about}`);
  return `${[
    '# Benchmarks',
    `Written by \`npm run bench\`; do not edit. ${machine()} The run took ${Math.round(seconds / 60 * 10) / 10} minutes.`,
    'Everything runs on one machine: server, event store, Postgres, baseline and load share its cores, so absolute figures are low and only ratios count.\n'
      + 'Where there is a baseline, measured and baseline runs alternate and each figure is the median of its runs.',
    tableOf(rows),
    ...sections,
  ].join('\n\n')}\n`;
}

function machine(): string {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node} on ${os.cpus().length} cores`
    + ` (${cpu?.model.trim() ?? 'unknown'}), ${memory} GiB, ${os.type()} ${os.release().split('-')[0]}.`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A figure for people: thousands separated, no false precision. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
