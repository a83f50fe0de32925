import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { BlobStore, StoredBlob } from '../../../src/blobs/port';
import { createBlobStore } from '../../../src/blobs/store';
import type { OutputFile, OutputFiles } from '../../../src/http/output-route';
import { eventuallyHolds } from '../../support/eventually';
import { person, startServer, type TestServer } from '../graphql/harness';

const CONTENT = Buffer.from('0123456789');
const picture: OutputFile = { contentType: 'image/png', bytes: 10, blob: 't/r/o', thumbnail: 't/r/o-thumbnail', digest: 'ab'.repeat(32) };
const TAG = `"${picture.digest}"`;

let folder: string;
let blobs: BlobStore;
let server: TestServer;
/** By id; the test's own judgement of who sees what. */
let known: Record<string, OutputFile>;
const files: OutputFiles = { find: async ({ principal }, id) => (principal.kind === 'user' && principal.userId === 'user-1' ? known[id] : undefined) };

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'output-route-'));
  blobs = createBlobStore(`file://${folder}/blobs`, '');
  const put = async (key: string, content: Buffer | string, contentType: string): Promise<void> => {
    writeFileSync(path.join(folder, 'file'), content);
    await blobs.put(key, { path: path.join(folder, 'file'), contentType });
  };
  await put('t/r/o', CONTENT, 'image/png');
  await put('t/r/o-thumbnail', 'small', 'image/webp');
  server = await startServer({ runOutputs: { files, blobs: { get: (key, range) => (key === 't/r/slow' ? slowBlob() : blobs.get(key, range)) } } });
  server.sessions.set('without-runs', person('user-1', 'user', 'tenant-1', { features: [] }));
});
beforeEach(() => {
  known = { 'output-1': picture };
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Begins, and never goes on. */
async function slowBlob(): Promise<StoredBlob> {
  const body = new Readable({ read() {} });
  body.push('0');
  return { contentType: 'image/png', size: 10, range: { start: 0, end: 9 }, body };
}

const get = (place: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(`${server.url}${place}`, { method, headers: { cookie: 'keyledger=user-token', ...headers } });
const errorOf = async (response: Response): Promise<Record<string, unknown>> => {
  const { correlationId: _, ...extensions } = ((await response.json()) as any).errors[0].extensions;
  return { status: response.status, ...extensions };
};

test('TEST-58: a file is given whole, as what it is and nothing else', async () => {
  const response = await get('/outputs/output-1');
  expect([response.status, await response.text()]).toEqual([200, '0123456789']);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/png', 'content-length': '10', 'accept-ranges': 'bytes', etag: TAG, 'cache-control': 'private, max-age=3600',
    'x-content-type-options': 'nosniff', 'content-disposition': 'inline; filename="output-1.png"', 'cross-origin-resource-policy': 'same-origin',
  });
  expect(response.headers.get('vary')).toContain('cookie');
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*; sandbox$/);
});

test('a small picture is given beside it', async () => {
  const response = await get('/outputs/output-1/thumbnail', { range: 'bytes=0-1' });
  expect([response.status, response.headers.get('content-type'), response.headers.get('etag'), await response.text()])
    .toEqual([200, 'image/webp', `"${picture.digest}-thumbnail"`, 'small']);
});

test('a file is saved under a name that every system takes', async () => {
  known['../a"b\r\nc'] = { ...picture, contentType: 'video/mp4' };
  const response = await get(`/outputs/${encodeURIComponent('../a"b\r\nc')}?download`);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="___a_b__c.mp4"');
  await response.text();
});

test.each([
  ['bytes=2-5', 206, 'bytes 2-5/10', '2345'],
  ['bytes=-3', 206, 'bytes 7-9/10', '789'],
  ['bytes=8-', 206, 'bytes 8-9/10', '89'],
  ['bytes=0-1,4-5', 200, null, '0123456789'],
  ['nonsense', 200, null, '0123456789'],
  ['bytes=10-', 416, 'bytes */10', ''],
])('a video is played from anywhere: %s', async (range, status, part, text) => {
  const response = await get('/outputs/output-1', { range });
  expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([status, part, text]);
  if (status === 416) expect(response.headers.get('cache-control')).toBe('no-store');
  else expect(response.headers.get('content-length')).toBe(String(text.length));
});

test('a part of another version is no part of this one', async () => {
  const same = await get('/outputs/output-1', { range: 'bytes=0-1', 'if-range': TAG });
  const other = await get('/outputs/output-1', { range: 'bytes=0-1', 'if-range': '"cd"' });
  expect([[same.status, await same.text()], [other.status, await other.text()]]).toEqual([[206, '01'], [200, '0123456789']]);
});

test('what a browser has it is not sent again', async () => {
  for (const tags of [TAG, `W/${TAG}`, `"x", ${TAG}`]) {
    const response = await get('/outputs/output-1', { 'if-none-match': tags });
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, TAG, '']);
  }
  expect((await get('/outputs/output-1', { 'if-none-match': '"x"' })).status).toBe(200);
});

test('the head alone can be asked for', async () => {
  const response = await get('/outputs/output-1', {}, 'HEAD');
  expect([response.status, response.headers.get('content-length'), response.headers.get('content-type'), await response.text()]).toEqual([200, '10', 'image/png', '']);
});

test('an unknown file, one of others, one without a copy and one whose copy is lost look the same, and none is kept by a browser', async () => {
  known['lost'] = { ...picture, blob: 't/r/lost', thumbnail: null };
  server.sessions.set('other', person('user-2'));
  const answers = await Promise.all([
    get('/outputs/unknown'), get('/outputs/output-1', { cookie: 'keyledger=other' }), get('/outputs/lost'), get('/outputs/lost/thumbnail'), get('/outputs/..%2Fetc'),
  ]);
  const errors = await Promise.all(answers.map(errorOf));
  expect(errors[0]).toMatchObject({ status: 404, code: 'E4041', rule: 'output' });
  for (const error of errors) expect(error).toEqual(errors[0]);
  for (const { headers } of answers) expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-store', null]);
});

test('whoever is not signed in, may see no runs, or comes from a foreign page gets nothing', async () => {
  expect(await errorOf(await fetch(`${server.url}/outputs/output-1`))).toMatchObject({ status: 401, code: 'E4011' });
  expect(await errorOf(await get('/outputs/output-1', { cookie: 'keyledger=without-runs' }))).toMatchObject({ status: 403, code: 'E4031', rule: 'feature_off' });
  expect(await errorOf(await get('/outputs/output-1', { 'sec-fetch-site': 'cross-site' }))).toMatchObject({ status: 403, rule: 'origin' });
});

test('one caller is sent so many files at once and no more; who leaves makes room, and a file that is not there takes none', async () => {
  known['slow'] = { ...picture, blob: 't/r/slow' };
  known['lost'] = { ...picture, blob: 't/r/lost' };
  for (let n = 0; n < 60; n++) expect((await get('/outputs/lost')).status).toBe(404);
  const leave = new AbortController();
  const slow = await Promise.all(Array.from({ length: 200 }, () =>
    fetch(`${server.url}/outputs/slow`, { headers: { cookie: 'keyledger=user-token' }, signal: leave.signal })));
  expect(new Set(slow.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await errorOf(await get('/outputs/output-1'))).toMatchObject({ status: 429, code: 'E4291', rule: 'files_at_once' });
  expect((await get('/outputs/output-1', { 'if-none-match': TAG })).status).toBe(304);
  leave.abort();
  await eventuallyHolds(async () => expect((await get('/outputs/output-1')).status).toBe(200));
});
