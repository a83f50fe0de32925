import { decodeJwt, jwtVerify } from 'jose';
import { klingSecret } from '../../../schema/key-pool/credentials';
import type { Operation } from '../../../schema/run/operations';
import { parameterSchemas } from '../../../schema/run/parameters';
import { createGateway, type Gateway } from '../../../src/outbound/gateway';
import type { GenerationVendor, JobReport, Submission, VendorTarget } from '../../../src/upstreams/generation';
import { createKling, KLING, klingToken } from '../../../src/upstreams/kling';
import { KLING_TEST_ACCOUNT, startKlingStandIn, type KlingStandIn } from '../../upstreams/kling';

let vendor: KlingStandIn;
let gateway: Gateway;
let kling: GenerationVendor;
let clockMs: number | undefined;

beforeEach(async () => {
  clockMs = undefined;
  vendor = await startKlingStandIn();
  gateway = createGateway({ upstreams: [{ name: KLING, baseUrl: vendor.url, authorization: 'bearer', allowPrivate: true }] });
  kling = createKling({ gateway, clock: () => new Date(clockMs ?? Date.now()), submitTimeoutMs: 5_000, pollTimeoutMs: 5_000 });
});
afterEach(async () => {
  await gateway.close();
  await vendor.close();
});

const target = (secret = vendor.secret, signal = new AbortController().signal): VendorTarget => ({ upstream: KLING, secret, signal });

const least: Readonly<Record<string, object>> = {
  kling_image: { prompt: 'a lighthouse' },
  kling_text_to_video: { prompt: 'a lighthouse' },
  kling_image_to_video: { prompt: 'a lighthouse', image: 'https://pictures.test/1.png' },
};

function submit(operation: Operation, parameters: object = least[operation]!, options: { externalId?: string; callbackUrl?: string; to?: VendorTarget } = {}): Promise<Submission> {
  const { externalId = 'run-1', callbackUrl, to = target() } = options;
  return kling.submit(kling.prepare(operation, parameterSchemas[operation].parse(parameters), { externalId, callbackUrl }), to);
}

async function untilDone(operation: Operation, jobId: string): Promise<JobReport[]> {
  const seen: JobReport[] = [];
  do seen.push(await kling.report(operation, jobId, target()));
  while (seen.at(-1)!.state === 'running' && seen.length < 10);
  return seen;
}

describe('TEST-52: what Kling is sent', () => {
  it.each([
    ['kling_image', '/images/generations', least.kling_image!, { model_name: 'kling-v1', prompt: 'a lighthouse', n: 1, aspect_ratio: '1:1' }],
    ['kling_image', '/images/generations', { prompt: '등대', negativePrompt: 'fog', model: 'kling-v1-pro', aspectRatio: '3:4', count: 9 },
      { model_name: 'kling-v1-pro', prompt: '등대', negative_prompt: 'fog', n: 9, aspect_ratio: '3:4' }],
    ['kling_text_to_video', '/videos/text2video', least.kling_text_to_video!,
      { model_name: 'kling-v1', prompt: 'a lighthouse', cfg_scale: 0.5, mode: 'std', duration: '5', aspect_ratio: '16:9' }],
    ['kling_text_to_video', '/videos/text2video', { prompt: 'маяк', mode: 'pro', durationSeconds: '10', creativity: 3, aspectRatio: '9:16' },
      { model_name: 'kling-v1', prompt: 'маяк', cfg_scale: 0.7, mode: 'pro', duration: '10', aspect_ratio: '9:16' }],
    ['kling_image_to_video', '/videos/image2video', { prompt: 'waves', image: 'iVBORw0KGgo=', creativity: 10 },
      { model_name: 'kling-v1', prompt: 'waves', cfg_scale: 0, mode: 'std', duration: '5', image: 'iVBORw0KGgo=' }],
  ] as const)('for %s to %s is exactly this', async (operation, endpoint, parameters, body) => {
    const { jobId } = await submit(operation, parameters);
    expect(vendor.tasks).toMatchObject([{ taskId: jobId, endpoint }]);
    expect(vendor.tasks[0]!.body).toEqual({ ...body, external_task_id: 'run-1' });
  });

  it('tells where to report only where there is such a place', async () => {
    await submit('kling_image', least.kling_image, { callbackUrl: 'https://keyledger.test/callbacks/kling' });
    expect(vendor.tasks[0]!.body.callback_url).toBe('https://keyledger.test/callbacks/kling');
  });

  it('may be a picture of some megabytes', async () => {
    const image = Buffer.alloc(6_000_000, 7).toString('base64');
    const call = kling.prepare('kling_image_to_video', { ...parameterSchemas.kling_image_to_video.parse(least.kling_image_to_video), image }, { externalId: 'run-1', callbackUrl: undefined });
    expect((await kling.submit(call, target())).jobId).toBeDefined();
    expect(vendor.tasks[0]!.body.image).toBe(image);
  });
});

describe('the token', () => {
  it('is made for each call by our clock, as documented', async () => {
    const token = await klingToken(KLING_TEST_ACCOUNT, new Date(1_700_000_000_900));
    const { protectedHeader, payload } = await jwtVerify(token, new TextEncoder().encode(KLING_TEST_ACCOUNT.secretKey), { currentDate: new Date(1_700_000_000_000) });
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(payload).toEqual({ iss: KLING_TEST_ACCOUNT.accessKey, exp: 1_700_001_800, nbf: 1_699_999_995 });
  });

  it('is another one later', async () => {
    clockMs = Date.now() - 3_000;
    const { jobId } = await submit('kling_image');
    clockMs = undefined;
    await kling.report('kling_image', jobId!, target());
    const [first, second] = vendor.calls.map(({ token }) => decodeJwt(token).exp!);
    expect(second! - first!).toBeGreaterThanOrEqual(2);
    expect(vendor.claims).toHaveLength(2);
  });

  it.each([
    ['of a clock that is an hour slow', () => { clockMs = Date.now() - 3_600_000; }, 1004],
    ['of a clock that is an hour fast', () => { clockMs = Date.now() + 3_600_000; }, 1003],
  ])('%s is refused, and says why', async (_what, turn, serviceCode) => {
    turn();
    expect(await submit('kling_image')).toMatchObject({ category: 'authentication', definite: true, answer: { status: 401, serviceCode } });
    expect(vendor.tasks).toHaveLength(0);
  });

  it.each([
    ['signed with another secret', klingSecret(KLING_TEST_ACCOUNT.accessKey, 'other-not-a-key'), 401],
    ['of another account', klingSecret('other-not-a-key', KLING_TEST_ACCOUNT.secretKey), 401],
    ['that cannot be made, for the key is none', 'not json', -1],
    ['that cannot be made, for half of the key is missing', '{"accessKey":"access-test-not-a-key"}', -1],
  ])('%s takes no work', async (_what, secret, status) => {
    expect(await submit('kling_image', least.kling_image, { to: target(secret) })).toMatchObject({ category: 'authentication', definite: true, answer: { status } });
    expect(await kling.report('kling_image', 'job-1', target(secret))).toMatchObject({ state: 'unknown', category: 'authentication' });
    expect(vendor.tasks).toHaveLength(0);
  });

  it('and both halves of the key come back from nowhere', async () => {
    const { accessKey, secretKey } = KLING_TEST_ACCOUNT;
    vendor.script = { ...vendor.script, refusal: { status: 400, code: 1200, message: `no ${accessKey} and no ${secretKey}` } };
    const { answer } = await submit('kling_image');
    expect(answer.json).toMatchObject({ message: 'no [secret removed] and no [secret removed]' });
    expect(JSON.stringify(answer)).not.toMatch(/access-test|secret-test/);
  });
});

describe('TEST-53: the outcome comes by asking for the task, not with the submission', () => {
  it('as pictures', async () => {
    const { jobId } = await submit('kling_image', { prompt: 'a lighthouse', count: 2 });
    const seen = await untilDone('kling_image', jobId!);
    expect(seen.map(({ state, vendorStatus }) => [state, vendorStatus])).toEqual([['running', 'processing'], ['succeeded', 'succeed']]);
    const origin = new URL(vendor.url).origin;
    expect(seen[1]).toMatchObject({ jobId, category: undefined, assets: [0, 1].map((index) => ({ kind: 'image', url: `${origin}/files/${jobId}/${index}.png`, durationMs: null })) });
  });

  it.each([['kling_text_to_video', '5'], ['kling_image_to_video', '10']] as const)('as a video of %s', async (operation, durationSeconds) => {
    const { jobId } = await submit(operation, { ...least[operation], durationSeconds });
    const seen = await untilDone(operation, jobId!);
    expect(seen.at(-1)).toMatchObject({ state: 'succeeded', assets: [{ kind: 'video', durationMs: Number(durationSeconds) * 1_000 }] });
    expect(await kling.report('kling_image', jobId!, target())).toMatchObject({ state: 'unknown', answer: { status: 404, serviceCode: 1203 } });
  });

  it.each([
    ['Failure to pass the risk control system', 'content_policy'],
    ['insufficient quota', 'quota'],
    ['', 'unknown'],
  ])('as a failure: "%s"', async (message, category) => {
    vendor.script = { statuses: ['submitted', 'failed'], message };
    const { jobId } = await submit('kling_image');
    expect(await kling.report('kling_image', jobId!, target())).toMatchObject({ state: 'failed', category, assets: [] });
  });

  it.each([
    ['no result', {}], ['results of another shape', { task_result: [1, 2] }], ['results without an address', { task_result: { images: [{ index: 0 }, null, 'https://x.test/1'] } }],
    ['an address of a file here', { task_result: { images: [{ url: 'file:///etc/passwd' }] } }],
  ])('as no success where there are %s', async (_what, odd) => {
    vendor.script = { statuses: ['submitted', 'succeed'], message: '', odd: { task_result: null, ...odd } };
    const { jobId } = await submit('kling_image');
    expect(await kling.report('kling_image', jobId!, target())).toMatchObject({ state: 'failed', category: 'unknown', assets: [] });
  });

  it.each([['-5', null], ['NaN', null], [1e9, null], [5e-324, null], [{}, null], ['5.1', 5_100], [10, 10_000]])('of a video that lasts %j seconds', async (duration, durationMs) => {
    vendor.script = { statuses: ['submitted', 'succeed'], message: '', odd: { task_result: { videos: [{ url: 'https://x.test/1.mp4', duration }] } } };
    const { jobId } = await submit('kling_text_to_video');
    expect(await kling.report('kling_text_to_video', jobId!, target())).toMatchObject({ assets: [{ kind: 'video', durationMs }] });
  });

  it.each([['3', 3], [2.5, 2.5], [-1, undefined], ['1e9', undefined], [[], undefined]])('with %j units', async (final_unit_deduction, amount) => {
    vendor.script = { ...vendor.script, odd: { final_unit_deduction } };
    const { jobId } = await submit('kling_image');
    const { usage } = await kling.report('kling_image', jobId!, target());
    expect(usage).toEqual(amount === undefined ? null : { unit: 'units', amount });
  });
});

describe('work whose submission got no answer', () => {
  it('is found by our own name for it', async () => {
    vendor.inject({ kind: 'lose' });
    expect(await submit('kling_text_to_video', least.kling_text_to_video, { externalId: 'run-7' })).toMatchObject({ jobId: undefined, definite: false, category: 'network' });
    const found = await kling.find!('kling_text_to_video', 'run-7', target());
    expect(found).toMatchObject({ jobId: vendor.tasks[0]!.taskId, state: 'running' });
    expect(await kling.find!('kling_text_to_video', 'run-8', target())).toMatchObject({ state: 'unknown', jobId: undefined, answer: { status: 404, serviceCode: 1203 } });
    expect(vendor.tasks).toHaveLength(1);
  });

  it('is not somebody else\'s', async () => {
    vendor.script = { ...vendor.script, odd: { task_info: { external_task_id: 'another' } } };
    await submit('kling_image', least.kling_image, { externalId: 'run-7' });
    expect(await kling.find!('kling_image', 'run-7', target())).toMatchObject({ state: 'unknown', jobId: undefined });
  });
});

describe('TEST-60: a refusal is judged by the vendor\'s own code', () => {
  it.each([
    [401, 1000, 'authentication'], [401, 1004, 'authentication'], [429, 1101, 'quota'], [429, 1102, 'quota'], [403, 1103, 'authentication'],
    [400, 1200, 'parameters'], [400, 1201, 'parameters'], [400, 1300, 'content_policy'], [400, 1301, 'content_policy'],
    [429, 1302, 'rate_limit'], [429, 1303, 'rate_limit'], [500, 5000, 'server_error'], [503, 5001, 'server_error'], [200, 1102, 'quota'], [429, 9_999, 'rate_limit'],
  ])('HTTP %i with %i is %s, and nothing was taken', async (status, code, category) => {
    vendor.script = { ...vendor.script, refusal: { status, code, message: 'no' } };
    expect(await submit('kling_image')).toMatchObject({ jobId: undefined, category, definite: true, answer: { status, serviceCode: code } });
  });

  it.each([
    ['504 with 5002', { kind: 'status', status: 504, body: { code: 5002, message: 'internal timeout' } }],
    ['502 in the words of a proxy', { kind: 'status', status: 502, body: 'Bad Gateway' }],
    ['200 without a task', { kind: 'status', status: 200, body: { code: 0, message: 'SUCCEED', data: null } }],
    ['200 that nobody can read', { kind: 'garbage' }],
  ] as const)('%s leaves it in doubt', async (_what, fault) => {
    vendor.inject(fault);
    expect(await submit('kling_image')).toMatchObject({ jobId: undefined, definite: false });
  });
});
