import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, stat, statfs, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { checkedKey } from './blob-key';
import { BehindTheEnd } from './blob-range';
import { removeLeftovers } from './leftovers';
import type { BlobStore } from './port';

/** Bytes that stay free on the disk: the log often lies on the same one, and nothing goes on without it. */
const RESERVE = 512 * 1_048_576;
/** Files on their way; no key begins with a dot. */
const INCOMING = '.incoming';
const PART = /\.part$/;

/**
 * Blobs in a folder of this machine, which only this user of the machine may read. Each has its media type in a hidden file
 * beside it. What a crash left on its way is removed when the store is made.
 * @param reserve bytes that stay free on the disk: a file that would take from them is not stored
 */
export function createFolderBlobs(root: string, reserve = RESERVE): BlobStore {
  const incoming = path.join(root, INCOMING);
  void removeLeftovers(incoming, PART);
  const placeOf = (key: string): string => path.join(root, ...checkedKey(key).split('/'));
  const typePlaceOf = (key: string): string => {
    const place = placeOf(key);
    return path.join(path.dirname(place), `.${path.basename(place)}.type`);
  };

  return {
    async put(key, { path: source, contentType }) {
      const place = placeOf(key);
      const folder = path.dirname(place);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await mkdir(incoming, { recursive: true, mode: 0o700 });
      await requireRoom(incoming, (await stat(source)).size + reserve);
      // The type first: a blob is never without it.
      await writeWhole(incoming, typePlaceOf(key), (made) => writeFile(made, contentType));
      await writeWhole(incoming, place, (made) => copyFile(source, made, constants.COPYFILE_EXCL));
      await syncFolder(folder);
    },

    async get(key, range) {
      const file = await openIfThere(placeOf(key));
      if (!file) return undefined;
      try {
        const { size } = await file.stat();
        const contentType = await readType(typePlaceOf(key));
        const start = range?.start ?? 0;
        const end = Math.min(range?.end ?? size - 1, size - 1);
        if (range && start >= size) throw new BehindTheEnd();
        if (size === 0) {
          await file.close();
          return { contentType, size, range: { start: 0, end: -1 }, body: Readable.from([]) };
        }
        return { contentType, size, range: { start, end }, body: file.createReadStream({ start, end }) };
      } catch (error) {
        await file.close();
        throw error;
      }
    },

    async delete(key) {
      await rm(placeOf(key), { force: true });
      await rm(typePlaceOf(key), { force: true });
    },

    close: async () => {},
  };
}

/** @throws Error when less is free than is needed */
async function requireRoom(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < needed) throw new Error('The disk of the blob store is nearly full');
}

/** Makes a file in another folder of the same disk, brings it to the disk, and only then puts it in its place. */
async function writeWhole(incoming: string, place: string, make: (made: string) => Promise<void>): Promise<void> {
  const made = path.join(incoming, `${randomUUID()}.part`);
  try {
    await make(made);
    const file = await open(made, 'r+');
    try {
      await file.chmod(0o600);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(made, place);
  } finally {
    await rm(made, { force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function openIfThere(place: string): Promise<FileHandle | undefined> {
  return open(place, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(undefinedIfMissing);
}

async function readType(place: string): Promise<string> {
  const file = await open(place, 'r');
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
