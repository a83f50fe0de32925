import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { legnextParameters } from '../../../schema/run/parameters';
import { createGateway, type Gateway } from '../../../src/outbound/gateway';
import type { GenerationVendor, Submission, VendorTarget } from '../../../src/upstreams/generation';
import { createLegnext, LEGNEXT } from '../../../src/upstreams/legnext';
import { LEGNEXT_TEST_KEY, startLegnextStandIn, type LegnextStandIn } from '../../upstreams/legnext';

let vendor: LegnextStandIn;
let gateway: Gateway;
let legnext: GenerationVendor;

beforeEach(async () => {
  vendor = await startLegnextStandIn();
  gateway = gatewayTo(vendor.url);
  legnext = createLegnext({ gateway, timeoutMs: 5_000 });
});
afterEach(async () => {
  await gateway.close();
  await vendor.close();
});

function gatewayTo(baseUrl: string): Gateway {
  return createGateway({ upstreams: [{ name: LEGNEXT, baseUrl, authorization: 'x-api-key', allowPrivate: true }] });
}

const target = (secret = LEGNEXT_TEST_KEY, signal = new AbortController().signal): VendorTarget => ({ upstream: LEGNEXT, secret, signal });
const prepare = (parameters: unknown = { prompt: 'a lighthouse', options: {} }, callbackUrl?: string) =>
  legnext.prepare('legnext_diffusion', legnextParameters.parse(parameters), { externalId: 'run-1', callbackUrl });
const submit = (to = target()): Promise<Submission> => legnext.submit(prepare(), to);
const report = (jobId: string, to = target()) => legnext.report('legnext_diffusion', jobId, to);

describe('TEST-50: what LegNext is sent', () => {
  it.each([
    ['the proposed parameters', { prompt: ' a lighthouse ', options: {} }, 'a lighthouse --ar 1:1 --v 7 --q 1 --s 250 --c 0'],
    ['every parameter',
      { prompt: '등대', options: { aspectRatio: '21:9', version: 'niji 6', quality: '.25', stylize: 1000, chaos: 100, weird: 3000, stop: 10, tile: true, raw: true, draft: true } },
      '등대 --ar 21:9 --niji 6 --q .25 --s 1000 --c 100 --w 3000 --stop 10 --tile --style raw --draft'],
    ['no parameters', { prompt: 'маяк', options: null }, 'маяк'],
  ])('is the exact text of %s', async (_what, parameters, text) => {
    expect((await legnext.submit(prepare(parameters), target())).jobId).toBe(vendor.jobs[0]!.jobId);
    expect(vendor.jobs.map((job) => job.text)).toEqual([text]);
  });

  it('goes out once, with the key in its own header, and with a callback only where there is one', async () => {
    const at = 'https://keyledger.test/callbacks/legnext/t/r/1/token';
    await legnext.submit(prepare(undefined, at), target());
    await submit();
    expect(vendor.jobs.map(({ callback, apiKey }) => [callback, apiKey])).toEqual([[at, LEGNEXT_TEST_KEY], [undefined, LEGNEXT_TEST_KEY]]);
    expect(vendor.calls.map(({ method, path, token }) => [method, path, token])).toEqual(Array(2).fill(['POST', '/api/v1/diffusion', '']));
  });

  it('does not come back with the address of its callback, by which others could speak for the vendor', async () => {
    const at = 'https://keyledger.test/callbacks/legnext/t/r/1/callback-test-not-a-key';
    const { jobId, answer } = await legnext.submit(prepare(undefined, at), target());
    const { answer: seen } = await report(jobId!);
    vendor.script = { ...vendor.script, refusal: { status: 400, message: `cannot call ${at}` } };
    const { answer: refused } = await legnext.submit(prepare(undefined, at), target());
    expect(vendor.jobs[0]!.callback).toBe(at);
    expect(JSON.stringify([answer, seen, refused])).not.toContain('callback-test');
    expect(seen.json).toMatchObject({ job_id: jobId, config: { service_mode: 'public' } });
  });

  it('is data that can be recorded before it is sent', () => {
    const call = prepare(undefined, 'https://keyledger.test/c');
    expect(JSON.parse(JSON.stringify(call))).toEqual(call);
    expect(JSON.stringify(call)).not.toContain(LEGNEXT_TEST_KEY);
  });
});

describe('TEST-51: the outcome', () => {
  it('comes after pending, staged and processing, with its pictures and points', async () => {
    const { jobId } = await submit();
    const seen = [await report(jobId!), await report(jobId!), await report(jobId!)];
    expect(seen.map(({ state, vendorStatus }) => [state, vendorStatus])).toEqual([['running', 'staged'], ['running', 'processing'], ['succeeded', 'completed']]);
    expect(seen[1]).toMatchObject({ assets: [], usage: { unit: 'points', amount: 0 }, category: undefined });
    const origin = new URL(vendor.url).origin;
    expect(seen[2]).toMatchObject({
      jobId, usage: { unit: 'points', amount: 80 }, category: undefined,
      assets: [0, 1, 2, 3].map((index) => ({ kind: 'image', url: `${origin}/files/${jobId}/${index}.png`, durationMs: null })),
    });
  });

  it.each(['completed', 'succeeded'])('is a success when it is called %s, and has the single picture where there is no list', async (status) => {
    vendor.script = { statuses: [status], images: 1, grid: true, consume: 8 };
    expect(await report((await submit()).jobId!)).toMatchObject({ state: 'succeeded', assets: [{ url: expect.stringMatching(/0\.png$/) }] });
  });

  it.each([
    ['failed', 'The worker gave up', 'unknown'],
    ['error', 'insufficient quota', 'quota'],
    ['processing', 'Banned prompt detected', 'content_policy'],
  ])('is a failure when it is called %s with an error', async (status, message, category) => {
    vendor.script = { statuses: ['pending', status], images: 0, consume: 0, failure: { code: 10_000, message } };
    expect(await report((await submit()).jobId!)).toMatchObject({ state: 'failed', category, assets: [] });
  });

  it('is no success without a picture', async () => {
    vendor.script = { statuses: ['completed'], images: 0, consume: 0 };
    expect(await report((await submit()).jobId!)).toMatchObject({ state: 'failed', category: 'unknown', assets: [] });
  });

  it('stays open when the vendor cannot be asked, does not know the job, or speaks of another one', async () => {
    const { jobId } = await submit();
    vendor.inject({ kind: 'drop' });
    expect(await report(jobId!)).toMatchObject({ state: 'unknown', category: 'network', answer: { status: -1 } });
    vendor.inject({ kind: 'status', status: 503 });
    expect(await report(jobId!)).toMatchObject({ state: 'unknown', category: 'server_error' });
    expect(await report('gone')).toMatchObject({ state: 'unknown', category: 'unknown', answer: { status: 404 } });
    vendor.script = { ...vendor.script, odd: { job_id: 'another' } };
    await submit();
    expect(await report(vendor.jobs[1]!.jobId)).toMatchObject({ state: 'unknown', jobId: undefined, assets: [] });
  });
});

describe('a submission that fails', () => {
  it.each([
    [401, 'Failed to verify api key', 'authentication'],
    [402, 'insufficient quota', 'quota'],
    [429, 'Too Many Requests', 'rate_limit'],
    [400, 'text is too long', 'parameters'],
    [400, 'Banned prompt', 'content_policy'],
    [500, 'Internal Server Error', 'server_error'],
  ])('with %i and "%s" was certainly not taken', async (status, message, category) => {
    vendor.script = { ...vendor.script, refusal: { status, message } };
    expect(await submit()).toMatchObject({ jobId: undefined, category, definite: true, answer: { status, serviceCode: status } });
  });

  it('with the wrong key was not taken either', async () => {
    expect(await submit(target('another-not-a-key'))).toMatchObject({ category: 'authentication', definite: true });
    expect(await submit(target('not\na header'))).toMatchObject({ category: 'authentication', definite: true, answer: { status: -1 } });
    expect(vendor.jobs).toHaveLength(0);
  });

  it.each([
    ['a lost answer', { kind: 'lose' }, 'network'],
    ['a broken connection', { kind: 'drop' }, 'network'],
    ['an answer cut off', { kind: 'cut', bytes: 40, then: 'drop' }, 'network'],
    ['an answer that nobody can read', { kind: 'garbage' }, 'unknown'],
    ['a compressed answer', { kind: 'gzip' }, 'network'],
    ['an outage of what stands before the vendor', { kind: 'status', status: 502, body: 'Bad Gateway' }, 'server_error'],
    ['somebody who stopped waiting', { kind: 'status', status: 504, body: { code: 504, message: 'timeout' } }, 'server_error'],
  ] as const)('with %s is in doubt', async (_what, fault, category) => {
    vendor.inject(fault);
    expect(await submit()).toMatchObject({ jobId: undefined, category, definite: false });
  });

  it('with no answer in time is in doubt', async () => {
    legnext = createLegnext({ gateway, timeoutMs: 100 });
    vendor.inject({ kind: 'hang' });
    expect(await submit()).toMatchObject({ category: 'timeout', definite: false, answer: { status: -1, json: undefined } });
  });

  it('for want of a vendor was certainly not taken', async () => {
    await vendor.close();
    expect(await submit()).toMatchObject({ category: 'network', definite: true, answer: { status: -1, text: expect.stringContaining('ECONNREFUSED') } });
    vendor = await startLegnextStandIn();
  });

  it('tells how long the vendor wants to be left alone', async () => {
    vendor.inject({ kind: 'status', status: 429, body: { code: 429, message: 'slow' }, headers: { 'retry-after': '7' } });
    expect((await submit()).answer.retryAfterMs).toBe(7_000);
  });

  it('throws only for whoever gave it up', async () => {
    const giveUp = new AbortController();
    vendor.inject({ kind: 'hang' });
    const submitted = submit(target(LEGNEXT_TEST_KEY, giveUp.signal));
    giveUp.abort();
    await expect(submitted).rejects.toMatchObject({ failure: 'aborted' });
  });
});

describe('faults 56, 61 and 114: odd answers', () => {
  let answer: (response: http.ServerResponse) => void;
  let server: http.Server;
  let odd: Gateway;

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      request.resume();
      request.on('end', () => answer(response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    odd = gatewayTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(async () => {
    await odd.close();
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    legnext = createLegnext({ gateway: odd, timeoutMs: 5_000 });
  });
  const say = (text: string, status = 200): void => {
    answer = (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  };

  it.each([
    ['NaN', NaN], ['null', null], ['a list', []], ['a number', 3], ['a text', 'x'], ['no id', {}], ['a number for an id', { job_id: 12 }],
    ['an id that is a path', { job_id: '../admin' }], ['an id with a line break', { job_id: 'a\nb' }], ['an endless id', { job_id: 'x'.repeat(300) }],
  ])('%s takes no work', async (_what, body) => {
    say(JSON.stringify(body));
    expect(await submit()).toMatchObject({ jobId: undefined, category: 'unknown', definite: false });
    expect(await report('job-1')).toMatchObject({ state: 'unknown', assets: [], usage: null });
  });

  it.each(['{"job_id":"job-1","status":"comp', '{"job_id":"job-1","meta":NaN}', '\u0000', '', '['.repeat(200_000)])('what is no JSON takes no work: %#', async (text) => {
    say(text);
    expect(await submit()).toMatchObject({ jobId: undefined, definite: false });
    expect(await report('job-1')).toMatchObject({ state: 'unknown' });
  });

  it('a hundred megabytes are not read', async () => {
    answer = (response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 120)));
      };
      response.on('drain', more);
      more();
    };
    expect(await submit()).toMatchObject({ jobId: undefined, definite: false, answer: { status: -1, text: expect.stringContaining('longer than') } });
  });

  it.each([
    ['negative', -1], ['huge', 1e300], ['endless', 'INFINITY'], ['text', 'many'], ['a list', [80]], ['null', null],
  ])('a figure that is %s is none', async (_what, consume) => {
    const task = { job_id: 'job-1', status: 'processing', meta: { usage: { consume } } };
    say(JSON.stringify(task).replace('"INFINITY"', '1e999'));
    expect(await report('job-1')).toMatchObject({ state: 'running', usage: null });
  });

  it.each([
    ['images that are none', { image_urls: [3, null, '', 'javascript:alert(1)', 'file:///etc/passwd', `https://x.test/${'y'.repeat(9_000)}`] }],
    ['a text for a list', { image_urls: 'https://x.test/1.png' }],
    ['an object for an address', { image_url: { url: 'https://x.test/1.png' } }],
    ['a number for all of it', 7],
  ])('%s are no result', async (_what, output) => {
    say(JSON.stringify({ job_id: 'job-1', status: 'completed', output }));
    expect(await report('job-1')).toMatchObject({ state: 'failed', assets: [] });
  });

  it('a list without end has no more pictures than can be kept, each once', async () => {
    const image_urls = Array.from({ length: 5_000 }, (_, index) => `https://x.test/${index % 100}.png`);
    say(JSON.stringify({ job_id: 'job-1', status: 'completed', output: { image_urls } }));
    const { assets } = await report('job-1');
    expect(new Set(assets.map(({ url }) => url)).size).toBe(16);
  });

  it('a status that cannot be shown is not', async () => {
    say(JSON.stringify({ job_id: 'job-1', status: '<b>\u0000' }));
    expect(await report('job-1')).toMatchObject({ state: 'running', vendorStatus: '' });
  });

  it('an echoed key comes back neither in clear nor as JSON can spell it', async () => {
    const key = 'key/with/slashes+not-a-key';
    const spelled = [...key].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    say(`{"code":401,"message":"bad key ${key}","raw_message":"${key.replaceAll('/', '\\/')}","detail":"${spelled}"}`, 401);
    const { answer: heard } = await submit(target(key));
    expect(JSON.stringify(heard)).not.toContain('slashes');
    expect(heard.text).not.toContain(spelled);
    expect(heard.json).toEqual({ code: 401, message: 'bad key [secret removed]', raw_message: '[secret removed]', detail: '[secret removed]' });
  });
});
