import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Download } from '../outbound/download';
import type { Gateway } from '../outbound/gateway';
import { OutboundError } from '../outbound/outbound-error';
import { isPassing } from '../outbound/retry';
import type { Log } from '../postgres/log';
import { typeOfFile } from './file-type';
import { removeLeftovers } from './leftovers';
import type { BlobStore, KeptFile, OutputKeeper } from './port';
import { makeThumbnail, sizeOfPicture } from './thumbnail';

export interface OutputKeeperOptions {
  blobs: Pick<BlobStore, 'put' | 'delete'>;
  gateway: Pick<Gateway, 'download'>;
  log: Pick<Log, 'warn'>;
  /** Where files lie until they are in the store; default: the system's folder for such files. */
  temporary?: string;
  /** Milliseconds before a download that broke off is begun again; doubles. */
  pauseMs?: number;
}

const MEGABYTE = 1_048_576;
const LIMITS = {
  image: { maxBytes: 64 * MEGABYTE, timeoutMs: 120_000 },
  video: { maxBytes: 512 * MEGABYTE, timeoutMs: 600_000 },
} as const;
const TRIES = 3;
/** Of the folders that files are fetched into. */
const PREFIX = 'keyledger-output-';

type Wanted = Parameters<OutputKeeper['keep']>[0];

/**
 * Keeps what vendors made: their own addresses end some day. What a file is, is found from the file and not from what the
 * vendor says. What a crash left half fetched is removed when the keeper is made.
 */
export function createOutputKeeper({ blobs, gateway, log, temporary = os.tmpdir(), pauseMs = 500 }: OutputKeeperOptions): OutputKeeper {
  void removeLeftovers(temporary, new RegExp(`^${PREFIX}`));

  async function download({ url, kind, vendor, signal }: Wanted, to: string): Promise<Download> {
    for (let tries = 1; ; tries++) {
      try {
        return await gateway.download(url, { vendor, path: to, signal, ...LIMITS[kind] });
      } catch (error) {
        if (tries === TRIES || !(error instanceof OutboundError && isPassing(error))) throw error;
        await sleep(pauseMs * 2 ** (tries - 1), undefined, { signal });
      }
    }
  }

  async function keepIn(folder: string, wanted: Wanted): Promise<KeptFile | undefined> {
    const { kind, key } = wanted;
    const file = path.join(folder, 'file');
    const { bytes, digest } = await download(wanted, file);
    const contentType = await typeOfFile(file);
    if (!contentType?.startsWith(`${kind}/`)) {
      log.warn({ key, kind, contentType }, 'A file that a vendor made is not what it should be, and was not kept');
      return undefined;
    }
    const size = kind === 'image' ? await sizeOfPicture(file) : undefined;
    // First: a small picture of nothing would lie there for ever.
    await blobs.put(key, { path: file, contentType });
    const thumbnail = size ? await keepThumbnail(folder, file, key) : null;
    return { contentType, bytes, width: size?.width ?? null, height: size?.height ?? null, blob: key, thumbnail, digest };
  }

  async function keepThumbnail(folder: string, file: string, key: string): Promise<string | null> {
    const small = path.join(folder, 'thumbnail');
    if (!(await makeThumbnail(file, small))) return null;
    const place = thumbnailOf(key);
    try {
      await blobs.put(place, { path: small, contentType: 'image/webp' });
      return place;
    } catch (error) {
      log.warn({ key, error: (error as Error).message }, 'The small picture of a file could not be kept');
      return null;
    }
  }

  return {
    async keep(wanted) {
      const folder = await mkdtemp(path.join(temporary, PREFIX));
      try {
        return await keepIn(folder, wanted);
      } catch (error) {
        wanted.signal.throwIfAborted();
        log.warn({ key: wanted.key, error: (error as Error).message }, 'A file that a vendor made could not be kept');
        return undefined;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },

    async remove(key) {
      await blobs.delete(key);
      await blobs.delete(thumbnailOf(key));
    },
  };
}

const thumbnailOf = (key: string): string => `${key}-thumbnail`;
