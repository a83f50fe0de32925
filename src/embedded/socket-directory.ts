import { createHash } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { unprivilegedOwner } from './unprivileged';

/** Longest folder for sockets: what `sockaddr_un` carries on every platform we run on, less the file names in it. */
const MAX_LENGTH = 80;

/**
 * The folder for the sockets of a data folder, open to nobody else: inside it, or under a short name in the system's
 * temporary folder where the path would be too long for a socket.
 */
export function socketDirectory(dataDir: string): string {
  const inside = path.join(dataDir, 'run');
  const short = path.join(os.tmpdir(), `keyledger-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`);
  const directory = inside.length <= MAX_LENGTH ? inside : short;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const owner = unprivilegedOwner();
  if (owner) chownSync(directory, owner.uid, owner.gid);
  return directory;
}
