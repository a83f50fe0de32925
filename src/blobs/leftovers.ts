import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Milliseconds after which nobody is at work on it any more: the longest download with all its tries takes half an hour. */
const FORGOTTEN_MS = 86_400_000;

/**
 * Removes from a folder what a process that was killed left there. Never throws, and says nothing of what it could not look
 * at or remove: the folder may not be there yet, another server may have been faster, and in the system's folder a file may be
 * somebody else's. Nothing but room is lost, and the next start tries again; a folder that is out of order fails whoever stores.
 */
export async function removeLeftovers(folder: string, name: RegExp, now: number = Date.now()): Promise<void> {
  const found = await readdir(folder).catch((): string[] => []);
  for (const entry of found.filter((one) => name.test(one))) {
    const place = path.join(folder, entry);
    const changed = await stat(place).catch(() => undefined);
    if (changed && now - changed.mtimeMs > FORGOTTEN_MS) await rm(place, { recursive: true, force: true }).catch(() => {});
  }
}
