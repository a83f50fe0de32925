import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';

/** Postgres refuses to run as root, so as root it runs as the account `nobody` of POSIX systems. */
const NOBODY = 65534;

/** The ids that files of the embedded Postgres must belong to, or undefined when we are not root. */
export function unprivilegedOwner(): { uid: number; gid: number } | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}

/**
 * Spawns a program that refuses to run as root. As root it drops to `nobody`; where a folder on the way (for example
 * a home of mode 0700) is closed to `nobody`, the process keeps the one capability that lets it pass.
 */
export function spawnUnprivileged(file: string, args: string[], paths: string[], options: SpawnOptions): ChildProcess {
  const owner = unprivilegedOwner();
  if (!owner) return spawn(file, args, options);
  if ([file, ...paths].every(isOpenToAll)) return spawn(file, args, { ...options, ...owner });
  const setpriv = findOnPath('setpriv');
  if (!setpriv) {
    throw new Error(
      `Postgres may not run as root, and the account it would run as cannot enter ${[file, ...paths].find((p) => !isOpenToAll(p))}. ` +
        'Run as an ordinary user, move the project and KEYLEDGER_DATA_DIR outside the closed folder, or set DATABASE_URL.',
    );
  }
  const drop = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return spawn(setpriv, [...drop, '--', file, ...args], options);
}

function isOpenToAll(target: string): boolean {
  for (let dir = path.dirname(target); ; dir = path.dirname(dir)) {
    if ((statSync(dir).mode & 0o001) === 0) return false;
    if (dir === path.dirname(dir)) return true;
  }
}

function findOnPath(program: string): string | undefined {
  return (process.env.PATH ?? '').split(path.delimiter).map((dir) => path.join(dir, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
