import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** The data folder belongs to one running server at a time; another one is told who holds it. */
export class DataDirectoryInUse extends Error {
  constructor(readonly dataDir: string, readonly pid: number) {
    super(
      `Another Keyledger (process ${pid}) is using ${dataDir}. Stop it, or give this one another folder: ` +
        'KEYLEDGER_DATA_DIR=.data-2 PORT=4001 npm start',
    );
    this.name = 'DataDirectoryInUse';
  }
}

/** What a process that died leaves to the next one on its folder, so that nobody has to wait until it is missed. */
export interface Succession {
  /** Names under which the last process here held leases and jobs, when it is gone without having given them back. */
  readonly left: readonly string[];
  /** Keeps a name under which this process holds leases or jobs. */
  note(name: string): void;
}

export interface DataDirectoryLock extends Succession {
  unlock(): void;
}

/**
 * Takes the folder for this process. A lock whose process is gone (for example after kill -9) is taken over.
 * @throws DataDirectoryInUse
 */
export function lockDataDirectory(dataDir: string): DataDirectoryLock {
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const file = path.join(dataDir, 'keyledger.pid');
  for (let left: string[] = []; ;) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, `${process.pid} ${startedAt(process.pid)}\n`);
      closeSync(handle);
      return { left, note: (name) => appendFileSync(file, `${name}\n`), unlock: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const [holder = '', ...names] = readFileSync(file, 'utf8').trim().split('\n');
      const [pid, started] = holder.split(' ');
      if (isRunning(Number(pid), started ?? '')) throw new DataDirectoryInUse(dataDir, Number(pid));
      left = names;
      rmSync(file, { force: true });
    }
  }
}

function isRunning(pid: number, started: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startedAt(pid) === started;
}

/** Start time in clock ticks, where the system tells: it sets a process apart from a later one with the same number. */
function startedAt(pid: number): string {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return 'unknown';
  const stat = readFileSync(file, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown';
}
