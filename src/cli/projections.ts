import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { readConfiguration, type Configuration } from '../configuration';
import { runningDatabaseUrl } from '../embedded/postgres';
import { createPool } from '../postgres/pool';
import { request, type RequestCommand } from '../projection-runtime/requests';
import { readStatus, type ProjectionStatus } from '../projection-runtime/status';

const USAGE = `Usage: npm run projections -- COMMAND [NAME]

  list             every view and reactor with its state
  status [NAME]    the same in full, with what stopped a projection
  rebuild NAME     build the view anew beside the live one and swap when it has caught up
  retry NAME       try the event again that stopped the projection
  skip NAME        leave out the event that stopped the projection; this is recorded
  drop NAME        drop builds of the view that queries no longer see`;

const REQUESTS: readonly string[] = ['rebuild', 'retry', 'skip', 'drop'] satisfies RequestCommand[];
const LOOK_EVERY_MS = 250;
const PATIENCE_MS = 15_000;

/**
 * Operates the projections of a running server through its database.
 * @param argv the command and its name, without node and script
 * @returns the exit code: 0 done, 1 refused or failed, 2 wrong usage
 */
export async function runProjectionsCli(argv: readonly string[], databaseUrl: string, print: (line: string) => void): Promise<number> {
  const [command = '', name] = argv;
  const known = command === 'list' || command === 'status' || (REQUESTS.includes(command) && name !== undefined);
  if (!known || argv.length > 2) {
    print(USAGE);
    return 2;
  }
  const pool = createPool(databaseUrl, { max: 1, applicationName: 'keyledger projections cli' });
  try {
    const all = await readStatus(pool);
    const asked = all.filter((status) => name === undefined || status.name === name);
    if (name !== undefined && asked.length === 0) {
      print(`There is no projection named ${name}. There are: ${[...new Set(all.map((status) => status.name))].join(', ')}`);
      return 1;
    }
    if (command === 'list') asked.forEach((status) => print(summary(status)));
    else if (command === 'status') asked.forEach((status) => details(status).forEach((line) => print(line)));
    else return await carryOut(pool, command as RequestCommand, name!, print);
    return 0;
  } finally {
    await pool.end();
  }
}

async function carryOut(pool: Pool, command: RequestCommand, name: string, print: (line: string) => void): Promise<number> {
  const id = await request(pool, name, command);
  const answer = await answerTo(pool, id);
  if (!answer) {
    print(`No running server keeps ${name}. The request waits until one does.`);
    return 1;
  }
  print(answer.outcome);
  if (!answer.accepted) return 1;
  return command === 'rebuild' ? followRebuild(pool, name, print) : 0;
}

async function answerTo(pool: Pool, id: string): Promise<{ accepted: boolean; outcome: string } | undefined> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(LOOK_EVERY_MS)) {
    const { rows } = await pool.query<{ accepted: boolean; outcome: string }>(
      'select accepted, outcome from projection_request where id = $1 and done_at is not null', [id]);
    if (rows[0]) return rows[0];
  }
  return undefined;
}

/** Prints the progress until queries see the new build, or until it stops. */
async function followRebuild(pool: Pool, name: string, print: (line: string) => void): Promise<number> {
  for (let shown = ''; ; await sleep(LOOK_EVERY_MS)) {
    const building = (await readStatus(pool)).find((status) => status.name === name && status.role === 'building');
    if (!building) {
      print(`Queries now see the new build of ${name}.`);
      return 0;
    }
    if (building.state === 'stopped') {
      details(building).forEach((line) => print(line));
      return 1;
    }
    const { progress, position, head } = building;
    const line = `${bar(progress)} ${percent(progress)} at ${position ?? 'the start'} of ${head ?? 'an empty log'}`;
    if (line !== shown) print(line);
    shown = line;
  }
}

function summary({ name, version, build, kind, role, state, progress }: ProjectionStatus): string {
  return `${name.padEnd(24)} ${kind.padEnd(7)} v${version}.${build}  ${role.padEnd(8)} ${state.padEnd(8)} ${percent(progress)}`;
}

function details(status: ProjectionStatus): string[] {
  const { position, head, owner, updatedAt, error, errorPosition, errorEventType } = status;
  const place = `position ${position ?? 'none'} of ${head ?? 'none'}`;
  const lines = [summary(status), `  ${place}, owner ${owner ?? 'none'}, moved ${updatedAt.toISOString()}`];
  if (errorPosition !== null) lines.push(`  before event ${errorEventType} at ${errorPosition}`);
  if (error !== null) lines.push(`  ${error}`);
  return lines;
}

function percent(progress: number): string {
  return `${(progress * 100).toFixed(1)}%`.padStart(6);
}

function bar(progress: number): string {
  const done = Math.round(progress * 30);
  return `[${'#'.repeat(done)}${'.'.repeat(30 - done)}]`;
}

/** The configured database, or that of the embedded Postgres which a running server keeps. */
function databaseUrlOf({ databaseUrl, dataDir }: Configuration): string {
  const url = databaseUrl ?? runningDatabaseUrl(dataDir, 'keyledger');
  if (!url) throw new Error(`No server is running on ${dataDir}. Start one, or set DATABASE_URL or KEYLEDGER_DATA_DIR to that of yours.`);
  return url;
}

async function main(): Promise<number> {
  return runProjectionsCli(process.argv.slice(2), databaseUrlOf(readConfiguration(process.env)), console.log);
}

if (require.main === module) {
  main().then(
    (code) => process.exit(code),
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
}
