import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createFolderBlobs } from '../../../src/blobs/folder';
import type { BlobStore, StoredBlob } from '../../../src/blobs/port';
import { createBlobStore } from '../../../src/blobs/store';
import { eventuallyHolds } from '../../support/eventually';
import { startS3, type S3StandIn } from '../../upstreams/s3';

const folder = mkdtempSync(path.join(os.tmpdir(), 'blobs-'));
let s3: S3StandIn;

beforeAll(async () => {
  s3 = await startS3();
});
afterAll(async () => {
  await s3.close();
  rmSync(folder, { recursive: true });
});

let files = 0;
const fileOf = (content: string | Buffer): string => {
  const file = path.join(folder, `file-${++files}`);
  writeFileSync(file, content);
  return file;
};
const s3Url = (): string => `s3://${s3.bucket}/kept/here?region=${s3.region}&endpoint=${encodeURIComponent(s3.url)}`;

async function textOf(blob: StoredBlob | undefined): Promise<string | undefined> {
  if (!blob) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of blob.body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const filesBelow = (place: string): string[] => readdirSync(place, { recursive: true, encoding: 'utf8' });

describe.each([
  ['a folder', () => createBlobStore(undefined, folder)],
  ['a folder by its address', () => createBlobStore(`file://${folder}/by-address`, '/nowhere')],
  ['S3', () => createBlobStore(s3Url(), '/nowhere')],
])('blobs in %s', (_name, make) => {
  let blobs: BlobStore;
  beforeEach(() => {
    blobs = make();
  });
  afterEach(() => blobs.close());
  const put = (key: string, content: string | Buffer, contentType = 'image/png'): Promise<void> => blobs.put(key, { path: fileOf(content), contentType });

  test('are given back as they were put, with their type and size', async () => {
    await put('t1/r1/o1', '0123456789', 'video/mp4');
    const blob = await blobs.get('t1/r1/o1');
    expect(blob).toMatchObject({ contentType: 'video/mp4', size: 10, range: { start: 0, end: 9 } });
    expect(await textOf(blob)).toBe('0123456789');
  });

  test('are given back in parts', async () => {
    await put('t1/r1/o2', '0123456789');
    for (const [range, text, end] of [
      [{ start: 0, end: 0 }, '0', 0], [{ start: 3, end: 5 }, '345', 5], [{ start: 7 }, '789', 9], [{ start: 9, end: 9 }, '9', 9], [{ start: 8, end: 500 }, '89', 9],
    ] as const) {
      const blob = await blobs.get('t1/r1/o2', range);
      expect(blob).toMatchObject({ size: 10, range: { start: range.start, end } });
      expect(await textOf(blob)).toBe(text);
    }
    await expect(blobs.get('t1/r1/o2', { start: 10 })).rejects.toThrow('behind the end');
  });

  test('are streamed: a large one comes whole', async () => {
    const large = Buffer.alloc(3_000_000, 'abcdefgh');
    await put('t1/r1/large', large);
    const blob = await blobs.get('t1/r1/large');
    expect(blob!.size).toBe(large.length);
    expect((await textOf(blob)) === large.toString()).toBe(true);
  });

  test('are not there when reading their file breaks off, and the server goes on', async () => {
    const unreadable = mkdtempSync(path.join(folder, 'no-file-'));
    await expect(blobs.put('t1/r1/unreadable', { path: unreadable, contentType: 'image/png' })).rejects.toThrow();
    expect(await blobs.get('t1/r1/unreadable')).toBeUndefined();
  }, 10_000);

  test('are overwritten by the same key, and known by no other', async () => {
    await put('t1/r1/o3', 'before', 'image/png');
    await put('t1/r1/o3', 'after', 'image/webp');
    const blob = await blobs.get('t1/r1/o3');
    expect([blob!.contentType, await textOf(blob)]).toEqual(['image/webp', 'after']);
    expect(await blobs.get('t1/r1/o30')).toBeUndefined();
    expect(await blobs.get('t1/r1/o3/more')).toBeUndefined();
    expect(await blobs.get('t2/r1/o3')).toBeUndefined();
  });

  test('are gone once deleted, and may be deleted twice', async () => {
    await put('t1/r1/o4', 'text');
    await blobs.delete('t1/r1/o4');
    await blobs.delete('t1/r1/o4');
    expect(await blobs.get('t1/r1/o4')).toBeUndefined();
  });

  test('may be empty', async () => {
    await put('t1/r1/empty', '');
    const blob = await blobs.get('t1/r1/empty');
    expect(blob).toMatchObject({ size: 0 });
    expect(await textOf(blob)).toBe('');
  });

  test('have keys that lead nowhere else', async () => {
    for (const key of ['../o1', 't1/../../o1', '/etc/passwd', 't1//o1', 't1/.o1.type']) {
      await expect(put(key, 'text')).rejects.toThrow('not the key of a blob');
      await expect(blobs.get(key)).rejects.toThrow('not the key of a blob');
      await expect(blobs.delete(key)).rejects.toThrow('not the key of a blob');
    }
  });

  test('are not stored at all when the file cannot be read', async () => {
    await expect(blobs.put('t1/r1/o5', { path: path.join(folder, 'missing'), contentType: 'image/png' })).rejects.toThrow('ENOENT');
    expect(await blobs.get('t1/r1/o5')).toBeUndefined();
  });
});

describe('blobs in a folder', () => {
  test('are for this user of the machine alone, and leave no half files behind', async () => {
    const place = path.join(folder, 'strict');
    const blobs = createBlobStore(`file://${place}`, '');
    await blobs.put('t1/r1/o1', { path: fileOf('text'), contentType: 'image/png' });
    await expect(blobs.put('t1/r1/o2', { path: path.join(folder, 'missing'), contentType: 'image/png' })).rejects.toThrow();
    expect(filesBelow(place).filter((file) => file.endsWith('.part'))).toEqual([]);
    for (const file of filesBelow(place)) {
      const status = statSync(path.join(place, file));
      expect([file, (status.mode & 0o777).toString(8)]).toEqual([file, status.isDirectory() ? '700' : '600']);
    }
    expect((statSync(place).mode & 0o777).toString(8)).toBe('700');
  });

  test('are files: links to elsewhere are not followed', async () => {
    const blobs = createBlobStore(`file://${folder}/links`, '');
    await blobs.put('t1/r1/o1', { path: fileOf('text'), contentType: 'image/png' });
    symlinkSync(fileOf('elsewhere'), path.join(folder, 'links/t1/r1/link'));
    await expect(blobs.get('t1/r1/link')).rejects.toThrow('ELOOP');
  });
});

describe('blobs in S3', () => {
  test('lie below the prefix', async () => {
    const blobs = createBlobStore(s3Url(), '');
    await blobs.put('t1/r1/placed', { path: fileOf('text'), contentType: 'image/png' });
    expect(s3.objects.get('kept/here/t1/r1/placed')).toEqual({ contentType: 'image/png', bytes: Buffer.from('text') });
  });

  test.each([
    ['AWS_ACCESS_KEY_ID', 'ANOTHER-KEY', 'InvalidAccessKeyId'], ['AWS_SECRET_ACCESS_KEY', 'another secret', 'SignatureDoesNotMatch'],
  ])('are asked for with the credentials of the environment: another %s is refused', async (name, value, refusal) => {
    const right = process.env[name];
    process.env[name] = value;
    const stranger = createBlobStore(s3Url(), '');
    await expect(stranger.get('t1/r1/placed')).rejects.toMatchObject({ name: refusal });
    process.env[name] = right;
  });

  test('are sent again when the store fails for a moment, and not when it refuses', async () => {
    const blobs = createBlobStore(s3Url(), '');
    s3.fail(503, 2);
    await blobs.put('t1/r1/again', { path: fileOf('text'), contentType: 'image/png' });
    expect(await textOf(await blobs.get('t1/r1/again'))).toBe('text');
    const before = s3.calls.length;
    s3.fail(403, 1);
    await expect(blobs.put('t1/r1/refused', { path: fileOf('text'), contentType: 'image/png' })).rejects.toMatchObject({ name: 'InjectedFailure' });
    expect(s3.calls.length - before).toBe(1);
  });
});

describe('the folder', () => {
  const made: string[] = [];
  const newFolder = (): string => {
    made.push(mkdtempSync(path.join(os.tmpdir(), 'blob-folder-')));
    return made.at(-1)!;
  };
  afterAll(() => made.forEach((one) => rmSync(one, { recursive: true })));

  test('is rid of what a crash left on its way, and keeps what is still on its way', async () => {
    const root = newFolder();
    const incoming = path.join(root, '.incoming');
    mkdirSync(incoming);
    for (const name of ['old.part', 'young.part']) writeFileSync(path.join(incoming, name), 'half');
    const yesterday = Date.now() / 1_000 - 90_000;
    utimesSync(path.join(incoming, 'old.part'), yesterday, yesterday);
    createFolderBlobs(root);
    await eventuallyHolds(async () => expect(readdirSync(incoming)).toEqual(['young.part']));
  });

  test('leaves the disk some room for the log, and nothing of a file that would take it', async () => {
    const root = newFolder();
    const blobs = createFolderBlobs(root, Number.MAX_SAFE_INTEGER / 2);
    await expect(blobs.put('t1/r1/o1', { path: fileOf('content'), contentType: 'image/png' })).rejects.toThrow('nearly full');
    expect(await blobs.get('t1/r1/o1')).toBeUndefined();
    expect(readdirSync(path.join(root, '.incoming'))).toEqual([]);
  });
});
