import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Milliseconds after which nobody is at work on it any more: the longest download with all its tries takes half an hour. */
const FORGOTTEN_MS = 86_400_000;

/** Removes from a folder what a process that was killed left there. What cannot be removed stays: it may be somebody else's. */
export async function removeLeftovers(folder: string, name: RegExp, now: number = Date.now()): Promise<void> {
  const found = await readdir(folder).catch((): string[] => []);
  for (const entry of found.filter((one) => name.test(one))) {
    const place = path.join(folder, entry);
    const changed = await stat(place).catch(() => undefined);
    if (changed && now - changed.mtimeMs > FORGOTTEN_MS) await rm(place, { recursive: true, force: true }).catch(() => {});
  }
}
