import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { createOutputKeeper } from '../../../src/blobs/output-keeper';
import type { BlobStore, KeptFile, OutputKeeper } from '../../../src/blobs/port';
import { createBlobStore } from '../../../src/blobs/store';
import { createGateway, type Gateway } from '../../../src/outbound/gateway';
import { eventuallyHolds } from '../../support/eventually';

type Answer = (response: http.ServerResponse) => void;

let vendor: http.Server;
let url: string;
let answer: Answer;
let asked: number;
let gateway: Gateway;
let folder: string;
let blobs: BlobStore;
let keeper: OutputKeeper;
let logged: string[];

beforeEach(async () => {
  asked = 0;
  vendor = http.createServer((_request, response) => {
    asked++;
    answer(response);
  });
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
  gateway = createGateway({ upstreams: [{ name: 'vendor', baseUrl: url, allowPrivate: true }] });
  folder = mkdtempSync(path.join(os.tmpdir(), 'output-keeper-'));
  blobs = createBlobStore(`file://${folder}/blobs`, '');
  logged = [];
  keeper = createOutputKeeper({ blobs, gateway, temporary: folder, log: { warn: (details, message) => void logged.push(`${message} ${JSON.stringify(details)}`) }, pauseMs: 1 });
});
afterEach(async () => {
  // Whatever happened to a file, nothing of it is left but what the store has.
  expect(readdirSync(folder).filter((name) => name !== 'blobs')).toEqual([]);
  await gateway.close();
  vendor.closeAllConnections();
  await new Promise((resolve) => vendor.close(resolve));
  rmSync(folder, { recursive: true });
});

const give = (bytes: Buffer | string, contentType = 'image/png'): Answer => (response) => void response.writeHead(200, { 'content-type': contentType }).end(bytes);
const signal = new AbortController().signal;
const keep = (kind: 'image' | 'video' = 'image', more: { url?: string; signal?: AbortSignal } = {}): Promise<KeptFile | undefined> =>
  keeper.keep({ url: `${url}/file?signature=abc`, kind, key: 't1/r1/o1', vendor: 'vendor', signal, ...more });
const bytesOf = async (key: string): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of (await blobs.get(key))!.body) parts.push(part as Buffer);
  return Buffer.concat(parts);
};
const typeOf = async (key: string): Promise<string> => {
  const { contentType, body } = (await blobs.get(key))!;
  body.destroy();
  return contentType;
};
const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#3a6' } });
const video = Buffer.concat([Buffer.from('\x00\x00\x00\x20ftypisom\x00\x00\x02\x00', 'latin1'), Buffer.alloc(5_000, 'v')]);

test('TEST-58: a picture is kept with its size, its digest and a small picture of it', async () => {
  const bytes = await picture(800, 400).png().toBuffer();
  answer = give(bytes);
  const kept = await keep();
  expect(kept).toEqual({
    contentType: 'image/png', bytes: bytes.length, width: 800, height: 400, blob: 't1/r1/o1', thumbnail: 't1/r1/o1-thumbnail',
    digest: createHash('sha256').update(bytes).digest('hex'),
  });
  expect((await bytesOf('t1/r1/o1')).equals(bytes)).toBe(true);
  expect(await typeOf('t1/r1/o1-thumbnail')).toBe('image/webp');
  expect(await sharp(await bytesOf('t1/r1/o1-thumbnail')).metadata()).toMatchObject({ format: 'webp', width: 320, height: 160 });
});

test.each([
  ['image/jpeg', () => picture(40, 30).jpeg()], ['image/webp', () => picture(40, 30).webp()], ['image/gif', () => picture(40, 30).gif()],
])('a picture is known by what it is, whatever the vendor calls it: %s', async (contentType, make) => {
  answer = give(await make().toBuffer(), 'text/html');
  expect(await keep()).toMatchObject({ contentType, width: 40, height: 30 });
  expect(await typeOf('t1/r1/o1')).toBe(contentType);
  // Never larger than the picture itself.
  expect(await sharp(await bytesOf('t1/r1/o1-thumbnail')).metadata()).toMatchObject({ width: 40, height: 30 });
});

test('a picture that lies on its side has the size that is seen', async () => {
  answer = give(await picture(80, 20).withMetadata({ orientation: 6 }).jpeg().toBuffer());
  expect(await keep()).toMatchObject({ width: 20, height: 80 });
  expect(await sharp(await bytesOf('t1/r1/o1-thumbnail')).metadata()).toMatchObject({ width: 20, height: 80 });
});

test('a video is kept without a small picture', async () => {
  answer = give(video, 'video/mp4');
  expect(await keep('video')).toMatchObject({ contentType: 'video/mp4', bytes: video.length, width: null, height: null, thumbnail: null, blob: 't1/r1/o1' });
});

test.each([
  ['a page', 'image', '<!doctype html><script>alert(1)</script>'],
  ['a drawing with a script', 'image', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  ['nothing', 'image', ''],
  ['a video in place of a picture', 'image', video],
  ['a picture in place of a video', 'video', Buffer.from('89504e470d0a1a0a', 'hex')],
] as const)('%s is not kept, whatever the vendor calls it', async (_what, kind, content) => {
  answer = give(content, `${kind}/png`);
  expect(await keep(kind)).toBeUndefined();
  expect(await blobs.get('t1/r1/o1')).toBeUndefined();
  expect(logged).toHaveLength(1);
});

test('a picture that is damaged, or opens into far too much, is kept as it is without a small picture', async () => {
  const bytes = await picture(300, 300).png().toBuffer();
  answer = give(bytes.subarray(0, bytes.length / 2));
  expect(await keep()).toMatchObject({ contentType: 'image/png', thumbnail: null });
  // A header that claims 60,000 by 60,000 pixels.
  const huge = Buffer.from(bytes);
  huge.writeUInt32BE(60_000, 16);
  huge.writeUInt32BE(60_000, 20);
  answer = give(huge);
  expect(await keep()).toMatchObject({ contentType: 'image/png', width: null, height: null, thumbnail: null });
  expect((await bytesOf('t1/r1/o1')).equals(huge)).toBe(true);
});

test('a file that is gone is not kept, and its address is not logged', async () => {
  answer = (response) => void response.writeHead(404).end('gone');
  expect(await keep()).toBeUndefined();
  expect(asked).toBe(1);
  expect(logged).toHaveLength(1);
  expect(logged[0]).not.toContain('signature');
});

test('a download that breaks off is begun again', async () => {
  const bytes = await picture(10, 10).png().toBuffer();
  answer = (response) => {
    if (asked < 3) response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 20), () => response.destroy());
    else give(bytes)(response);
  };
  expect(await keep()).toMatchObject({ bytes: bytes.length });
  expect(asked).toBe(3);
});

test('a file at another private address is not fetched', async () => {
  answer = give(await picture(10, 10).png().toBuffer());
  expect(await keep('image', { url: url.replace('127.0.0.1', 'localhost') })).toBeUndefined();
  expect(asked).toBe(0);
});

test('a file is not kept when the store fails', async () => {
  answer = give(await picture(10, 10).png().toBuffer());
  const full = createOutputKeeper({ blobs: { ...blobs, put: async () => { throw new Error('The disk is full'); } }, gateway, temporary: folder, log: { warn: (_details, message) => void logged.push(message) } });
  expect(await full.keep({ url, kind: 'image', key: 't1/r1/o1', vendor: 'vendor', signal })).toBeUndefined();
  expect(logged).toEqual(['A file that a vendor made could not be kept']);
});

const failing = (fails: (key: string) => boolean): OutputKeeper => createOutputKeeper({
  blobs: { ...blobs, put: async (key, file) => (fails(key) ? Promise.reject(new Error('The disk is full')) : blobs.put(key, file)) },
  gateway, temporary: folder, log: { warn: (_details, message) => void logged.push(message) },
});

test('nothing lies in the store of a file that was not kept', async () => {
  answer = give(await picture(1_000, 500).png().toBuffer());
  expect(await failing((key) => key === 't1/r1/o1').keep({ url, kind: 'image', key: 't1/r1/o1', vendor: 'vendor', signal })).toBeUndefined();
  expect(await Promise.all(['t1/r1/o1', 't1/r1/o1-thumbnail'].map((key) => blobs.get(key)))).toEqual([undefined, undefined]);
});

test('a picture is kept without a small one when that cannot be stored', async () => {
  answer = give(await picture(1_000, 500).png().toBuffer());
  const kept = await failing((key) => key !== 't1/r1/o1').keep({ url, kind: 'image', key: 't1/r1/o1', vendor: 'vendor', signal });
  expect(kept).toMatchObject({ blob: 't1/r1/o1', width: 1_000, thumbnail: null });
  expect(await bytesOf('t1/r1/o1')).toHaveLength(kept!.bytes);
  expect(logged).toEqual(['The small picture of a file could not be kept']);
});

test('what was kept can be removed with its small picture, also when there is nothing', async () => {
  answer = give(await picture(1_000, 500).png().toBuffer());
  const { blob, thumbnail } = (await keep())!;
  for (const place of [blob, thumbnail!]) (await blobs.get(place))!.body.destroy();
  await keeper.remove('t1/r1/o1');
  await keeper.remove('t1/r1/o1');
  expect(await Promise.all([blob, thumbnail!].map((place) => blobs.get(place)))).toEqual([undefined, undefined]);
});

test('whoever gives up hears that they did', async () => {
  const stop = new AbortController();
  answer = (response) => {
    response.writeHead(200);
    response.write('half');
    stop.abort(new Error('The lease is lost'));
  };
  await expect(keep('image', { signal: stop.signal })).rejects.toThrow('The lease is lost');
});

test('what a crash left half fetched is removed, and what is still being fetched is not', async () => {
  const [old, young] = ['keyledger-output-old', 'keyledger-output-young'].map((name) => path.join(folder, name));
  for (const place of [old!, young!]) mkdirSync(place);
  writeFileSync(path.join(old!, 'file'), 'half');
  const yesterday = Date.now() / 1_000 - 90_000;
  utimesSync(old!, yesterday, yesterday);
  createOutputKeeper({ blobs, gateway, temporary: folder, log: { warn() {} } });
  await eventuallyHolds(async () => expect(existsSync(old!)).toBe(false));
  expect(existsSync(young!)).toBe(true);
  rmSync(young!, { recursive: true });
});
