import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { klingSecret } from '../../../schema/key-pool/credentials';
import { scenarioNames, type Operation, type Scenario } from '../../../schema/run/operations';
import { parameterSchemas } from '../../../schema/run/parameters';
import { typeOfFile } from '../../../src/blobs/file-type';
import { createGateway, type Gateway } from '../../../src/outbound/gateway';
import type { RunningServer } from '../../../src/simulated/http-server';
import { startSimulatedKling } from '../../../src/simulated/kling';
import { startSimulatedLegnext } from '../../../src/simulated/legnext';
import type { GenerationVendor, VendorTarget } from '../../../src/upstreams/generation';
import { createKling } from '../../../src/upstreams/kling';
import { createLegnext } from '../../../src/upstreams/legnext';

/** One clock for the vendors and for us. */
let nowMs: number;
const clock = (): Date => new Date(nowMs);

/** Two processes that play the vendors; the second one as after a restart. */
let servers: { legnext: RunningServer; kling: RunningServer }[];
let gateway: Gateway;
let vendors: Record<'legnext' | 'kling', GenerationVendor>;
let folder: string;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  folder = mkdtempSync(path.join(os.tmpdir(), 'keyledger-simulated-'));
  servers = await Promise.all([0, 1].map(async () => ({ legnext: await startSimulatedLegnext({ clock }), kling: await startSimulatedKling({ clock }) })));
  gateway = createGateway({
    upstreams: servers.flatMap((server, node) => scenarioNames.flatMap((scenario) => [
      { name: `legnext ${node} ${scenario}`, baseUrl: `${server.legnext.url}/${scenario}`, authorization: 'x-api-key' as const, allowPrivate: true },
      { name: `kling ${node} ${scenario}`, baseUrl: `${server.kling.url}/${scenario}`, allowPrivate: true },
    ])),
  });
  vendors = { legnext: createLegnext({ gateway }), kling: createKling({ gateway, clock }) };
});
afterEach(async () => {
  await gateway.close();
  await Promise.all(servers.flatMap(({ legnext, kling }) => [legnext.close(), kling.close()]));
  rmSync(folder, { recursive: true });
});

const SECRETS = { legnext: 'simulated-not-a-key', kling: klingSecret('simulated', 'simulated-not-a-key') };
const nameOf = (operation: Operation): 'legnext' | 'kling' => (operation === 'legnext_diffusion' ? 'legnext' : 'kling');
function target(operation: Operation, scenario: Scenario, { node = 0, secret = SECRETS[nameOf(operation)] } = {}): VendorTarget {
  return { upstream: `${nameOf(operation)} ${node} ${scenario}`, secret, signal: new AbortController().signal };
}

const asked: Readonly<Record<Operation, object>> = {
  legnext_diffusion: { prompt: 'a lighthouse', options: { aspectRatio: '16:9' } },
  kling_image: { prompt: 'a lighthouse', aspectRatio: '3:4', count: 2 },
  kling_text_to_video: { prompt: 'a lighthouse', durationSeconds: '5' },
  kling_image_to_video: { prompt: 'a lighthouse', durationSeconds: '10', image: 'https://pictures.test/1.png' },
};

function submit(operation: Operation, to: VendorTarget) {
  const vendor = vendors[nameOf(operation)];
  return vendor.submit(vendor.prepare(operation, parameterSchemas[operation].parse(asked[operation]), { externalId: 'run-1', callbackUrl: undefined }), to);
}

/** What the vendor calls it so many milliseconds after the submission. */
async function statusAt(operation: Operation, jobId: string, started: number, afterMs: number, to: VendorTarget): Promise<string> {
  nowMs = started + afterMs;
  const { state, vendorStatus } = await vendors[nameOf(operation)].report(operation, jobId, to);
  return `${state} ${vendorStatus}`;
}

async function fetched(url: string, vendor: string): Promise<{ contentType: string; bytes: Buffer }> {
  const file = path.join(folder, 'file');
  const { contentType } = await gateway.download(url, { vendor, path: file, maxBytes: 20_000_000, timeoutMs: 20_000 });
  expect(await typeOfFile(file)).toBe(contentType);
  return { contentType, bytes: readFileSync(file) };
}

it('TEST-71: simulated LegNext is pending for 1.5 s, processing until 3 s, then has one picture', async () => {
  const to = target('legnext_diffusion', 'success');
  const started = nowMs;
  const { jobId } = await submit('legnext_diffusion', to);
  const seen = [];
  for (const after of [0, 1_499, 1_500, 2_999, 3_000]) seen.push(await statusAt('legnext_diffusion', jobId!, started, after, to));
  expect(seen).toEqual(['running pending', 'running pending', 'running processing', 'running processing', 'succeeded completed']);
  const { assets, usage } = await vendors.legnext.report('legnext_diffusion', jobId!, to);
  expect(assets).toHaveLength(1);
  expect(usage).toEqual({ unit: 'points', amount: 80 });
  const { contentType, bytes } = await fetched(assets[0]!.url, to.upstream);
  expect(contentType).toBe('image/png');
  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 768, height: 432 });
});

it.each([
  ['kling_image', 2, 'image/png'], ['kling_text_to_video', 1, 'video/webm'], ['kling_image_to_video', 1, 'video/webm'],
] as const)('TEST-72: simulated Kling does %s within three seconds, by task id and asking', async (operation, files, contentType) => {
  const to = target(operation, 'success');
  const started = nowMs;
  const { jobId } = await submit(operation, to);
  const seen = [];
  for (const after of [0, 1_000, 2_999, 3_000]) seen.push(await statusAt(operation, jobId!, started, after, to));
  expect(seen).toEqual(['running submitted', 'running processing', 'running processing', 'succeeded succeed']);
  const { assets } = await vendors.kling.report(operation, jobId!, to);
  expect(assets).toHaveLength(files);
  for (const asset of assets) expect((await fetched(asset.url, to.upstream)).contentType).toBe(contentType);
  expect(await vendors.kling.find!(operation, 'run-1', to)).toMatchObject({ jobId, state: 'succeeded' });
});

it.each([
  ['legnext_diffusion', 'failed_402', 402, 'quota', 'insufficient quota'],
  ['legnext_diffusion', 'failed_401', 401, 'authentication', 'Failed to verify api key'],
  ['legnext_diffusion', 'failed_429', 429, 'rate_limit', 'Too Many Requests'],
  ['legnext_diffusion', 'server_500', 500, 'server_error', 'Internal Server Error'],
  ['kling_image', 'failed_402', 402, 'quota', 'insufficient quota'],
  ['kling_text_to_video', 'failed_401', 401, 'authentication', 'invalid token'],
  ['kling_image_to_video', 'failed_429', 429, 'rate_limit', 'rate limited'],
  ['kling_image', 'server_500', 500, 'server_error', 'internal error'],
] as const)('TEST-70: %s in the scenario %s answers %i, which is %s', async (operation, scenario, status, category, message) => {
  const { answer, ...submission } = await submit(operation, target(operation, scenario));
  expect(submission).toMatchObject({ jobId: undefined, category, definite: true });
  expect(answer.status).toBe(status);
  expect(answer.json).toMatchObject({ message });
});

it.each(['legnext_diffusion', 'kling_image'] as const)('TEST-70: %s in the scenario timeout is taken, processed from 1 s on, and never ends', async (operation) => {
  const to = target(operation, 'timeout');
  const started = nowMs;
  const { jobId } = await submit(operation, to);
  expect(await statusAt(operation, jobId!, started, 999, to)).toMatch(/^running (pending|submitted)$/);
  expect(await statusAt(operation, jobId!, started, 1_000, to)).toBe('running processing');
  expect(await statusAt(operation, jobId!, started, 86_400_000, to)).toBe('running processing');
});

it.each(['legnext_diffusion', 'kling_text_to_video'] as const)('another process knows of %s, before and after it is done', async (operation) => {
  const started = nowMs;
  const { jobId } = await submit(operation, target(operation, 'success'));
  const there = target(operation, 'success', { node: 1 });
  expect(await statusAt(operation, jobId!, started, 2_000, there)).toBe('running processing');
  nowMs = started + 3_000;
  const { state, assets } = await vendors[nameOf(operation)].report(operation, jobId!, there);
  expect(state).toBe('succeeded');
  expect((await fetched(assets[0]!.url, there.upstream)).bytes.length).toBeGreaterThan(1_000);
});

it('looks at the form of a key only, and at that', async () => {
  expect(await submit('legnext_diffusion', target('legnext_diffusion', 'success', { secret: 'any-other-not-a-key' }))).toMatchObject({ definite: true, category: undefined });
  const say = async (url: string, headers: Record<string, string>): Promise<number> =>
    (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{"prompt":"x","text":"x"}' })).status;
  const [{ legnext, kling }] = servers as [typeof servers[number]];
  expect(await say(`${legnext.url}/success/diffusion`, {})).toBe(401);
  expect(await say(`${kling.url}/success/images/generations`, {})).toBe(401);
  expect(await say(`${kling.url}/success/images/generations`, { authorization: 'Bearer not.a.token' })).toBe(401);
  nowMs += 3_600_000;
  const later = createKling({ gateway, clock: () => new Date(nowMs - 3_600_000) });
  const call = later.prepare('kling_image', parameterSchemas.kling_image.parse(asked.kling_image), { externalId: 'run-1', callbackUrl: undefined });
  expect((await later.submit(call, target('kling_image', 'success'))).answer).toMatchObject({ status: 401, serviceCode: 1004 });
});

it('knows no work that nobody submitted, and none of another kind', async () => {
  expect(await vendors.legnext.report('legnext_diffusion', 'sim-nothing', target('legnext_diffusion', 'success'))).toMatchObject({ state: 'unknown', answer: { status: 404 } });
  const { jobId } = await submit('kling_image', target('kling_image', 'success'));
  expect(await vendors.kling.report('kling_text_to_video', jobId!, target('kling_image', 'success'))).toMatchObject({ state: 'unknown', answer: { serviceCode: 1203 } });
});

it('makes a film that is a WebM file with one VP8 track of the right length', async () => {
  const to = target('kling_text_to_video', 'success');
  const { jobId } = await submit('kling_text_to_video', to);
  nowMs += 3_000;
  const { assets: [video] } = await vendors.kling.report('kling_text_to_video', jobId!, to);
  expect(video).toMatchObject({ kind: 'video', durationMs: 5_000 });
  const { bytes } = await fetched(video!.url, to.upstream);
  const elements = elementsOf(bytes);
  expect(elements.map(({ id }) => id)).toEqual([0x1a45dfa3, 0x18538067]);
  const [information, tracks, cluster] = elementsOf(elements[1]!.body);
  expect(elementsOf(information!.body).find(({ id }) => id === 0x4489)!.body.readDoubleBE()).toBe(5_000);
  expect(tracks!.body.includes('V_VP8')).toBe(true);
  const blocks = elementsOf(cluster!.body).filter(({ id }) => id === 0xa3);
  expect(blocks).toHaveLength(40);
  expect(blocks.map(({ body }) => body.readInt16BE(1))).toEqual(blocks.map((_, index) => index * 125));
  // Every frame begins a picture anew: a clear lowest bit, and the start code of VP8.
  for (const { body } of blocks) expect([body[4]! & 1, body.toString('hex', 7, 10)]).toEqual([0, '9d012a']);
});

/** The elements of an EBML document, one level deep. */
function elementsOf(bytes: Buffer): { id: number; body: Buffer }[] {
  const widthOf = (first: number): number => Math.clz32(first) - 23;
  const found: { id: number; body: Buffer }[] = [];
  for (let at = 0; at < bytes.length;) {
    const width = widthOf(bytes[at]!);
    const sizeWidth = widthOf(bytes[at + width]!);
    const start = at + width + sizeWidth;
    const size = bytes.readUIntBE(at + width, sizeWidth) - 2 ** (7 * sizeWidth);
    const body = bytes.subarray(start, start + size);
    expect(body).toHaveLength(size);
    found.push({ id: bytes.readUIntBE(at, width), body });
    at = start + size;
  }
  return found;
}
