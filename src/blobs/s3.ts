import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { checkedKey } from './blob-key';
import { BehindTheEnd } from './blob-range';
import type { BlobPlace } from './blob-url';
import type { BlobStore } from './port';

const CONNECT_MS = 10_000;
/** Of silence. */
const REQUEST_MS = 60_000;
/** How often a file is sent, and the pause after the first time, in milliseconds; it doubles. */
const TRIES = 3;
const PAUSE_MS = 500;

type S3 = typeof import('@aws-sdk/client-s3');

/** The client says for itself what its errors say anyway. */
const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Blobs in a bucket of S3 or of something that speaks as S3 does. Credentials come from the variables that the client knows. */
export function createS3Blobs({ bucket, prefix, region, endpoint }: Extract<BlobPlace, { kind: 's3' }>): BlobStore {
  let connected: Promise<{ s3: S3; client: S3Client }> | undefined;
  const connect = (): NonNullable<typeof connected> => connected ??= load();
  const placeOf = (key: string) => ({ Bucket: bucket, Key: prefix + checkedKey(key) });

  /** The client is large: most servers do without it, and none needs it to start. */
  async function load(): Promise<{ s3: S3; client: S3Client }> {
    const s3 = await import('@aws-sdk/client-s3');
    const client = new s3.S3Client({
      region,
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      // Others than Amazon do not know the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS },
      logger: quiet,
    });
    return { s3, client };
  }

  return {
    async put(key, { path, contentType }) {
      const place = placeOf(key);
      const { size } = await stat(path);
      const { s3, client } = await connect();
      // The client repeats nothing that it has read from a stream.
      for (let tries = 1; ; tries++) {
        // The client does not listen for a file that cannot be read: it would wait for it, and the process would end.
        const unreadable = new AbortController();
        const body = createReadStream(path).on('error', (error) => unreadable.abort(error));
        try {
          const command = new s3.PutObjectCommand({ ...place, Body: body, ContentLength: size, ContentType: contentType });
          await client.send(command, { abortSignal: unreadable.signal });
          return;
        } catch (error) {
          unreadable.signal.throwIfAborted();
          if (tries === TRIES || !isPassing(error)) throw error;
          await sleep(PAUSE_MS * 2 ** (tries - 1));
        } finally {
          body.destroy();
        }
      }
    },

    async get(key, range) {
      const place = placeOf(key);
      const wanted = range && `bytes=${range.start}-${range.end ?? ''}`;
      const { s3, client } = await connect();
      const answer = await client.send(new s3.GetObjectCommand({ ...place, ...(wanted !== undefined && { Range: wanted }) })).catch(undefinedIfMissing);
      if (!answer) return undefined;
      const { ContentType: contentType = 'application/octet-stream', ContentLength: length = 0, ContentRange: part, Body } = answer;
      const { start, size } = readPart(part) ?? { start: 0, size: length };
      return { contentType, size, range: { start, end: start + length - 1 }, body: Body as Readable };
    },

    async delete(key) {
      const place = placeOf(key);
      const { s3, client } = await connect();
      await client.send(new s3.DeleteObjectCommand(place)).catch(undefinedIfMissing);
    },

    async close() {
      if (connected) (await connected).client.destroy();
    },
  };
}

/** Where a part begins, and how long the whole is: `bytes 5-9/100`. */
function readPart(text: string | undefined): { start: number; size: number } | undefined {
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(text ?? '') ?? [];
  return start === undefined ? undefined : { start: Number(start), size: Number(size) };
}

function undefinedIfMissing(error: unknown): undefined {
  const status = statusOf(error);
  if (status === 404) return undefined;
  if (status === 416) throw new BehindTheEnd();
  throw error;
}

/** Whether the same may well succeed later: no answer at all, or one that says so. */
function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined ? (error as Error).name !== 'CredentialsProviderError' : status >= 500 || status === 429;
}

/** Of the store's answer; undefined when there was none. */
function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
