import fc from 'fast-check';
import { z } from 'zod';
import { klingSecret } from '../../../schema/key-pool/credentials';
import { failureCategoryNames } from '../../../schema/run/failure-category';
import type { Gateway } from '../../../src/outbound/gateway';
import { OutboundError } from '../../../src/outbound/outbound-error';
import type { GenerationVendor, JobReport, Submission, VendorTarget } from '../../../src/upstreams/generation';
import { createKling } from '../../../src/upstreams/kling';
import { createLegnext } from '../../../src/upstreams/legnext';

/** What a vendor, or whoever stands before it, may say: mostly of the right shape, never of the right values. */
const word = fc.oneof(fc.constantFrom('completed', 'succeed', 'failed', 'processing', 'job-1', '../x', '', 'https://x.test/1.png', 'javascript:x', '5', '-1'), fc.string({ unit: 'binary' }));
const figure = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, -1, 1e308, 2 ** 53, 2 ** 31));
const value = fc.oneof({ weight: 3, arbitrary: word }, figure, fc.jsonValue({ maxDepth: 2 }));
/** Right more often than not, so that what stands beside it is looked at, too. */
const mostly = <Right>(right: fc.Arbitrary<Right>) => fc.oneof({ weight: 9, arbitrary: right }, value);
const address = fc.oneof({ weight: 2, arbitrary: fc.constantFrom('https://x.test/1.png', 'http://x.test/2.png') }, value);
const task = fc.record({
  job_id: mostly(fc.constant('job-1')), task_id: mostly(fc.constant('job-1')), task_status_msg: value, final_unit_deduction: value,
  status: mostly(fc.constantFrom('completed', 'failed', 'processing')), task_status: mostly(fc.constantFrom('succeed', 'failed', 'processing')),
  output: mostly(fc.record({ image_url: address, image_urls: mostly(fc.array(address)) })),
  meta: mostly(fc.record({ usage: mostly(fc.record({ consume: value })) })),
  error: mostly(fc.record({ code: mostly(fc.constant(0)), message: value, raw_message: value })),
  config: mostly(fc.record({ webhook_config: value })),
  task_info: mostly(fc.record({ external_task_id: mostly(fc.constant('job-1')) })),
  task_result: mostly(fc.record({
    images: mostly(fc.array(mostly(fc.record({ url: address })))), videos: mostly(fc.array(mostly(fc.record({ url: address, duration: value })))),
  })),
}, { requiredKeys: ['job_id', 'task_id'] });
const body = fc.oneof(
  { weight: 4, arbitrary: fc.record({ code: mostly(fc.constant(0)), message: value, data: mostly(task) }).chain((outer) => task.map((inner) => JSON.stringify({ ...inner, ...outer }))) },
  fc.json(), fc.string({ unit: 'binary' }),
);
const status = fc.oneof({ weight: 3, arbitrary: fc.constant(200) }, fc.constantFrom(201, 400, 401, 402, 403, 404, 408, 429, 500, 502, 503, 504), fc.integer({ min: 200, max: 599 }));
const failure = fc.constantFrom('forbidden_address', 'unreachable', 'timeout', 'dropped', 'redirect', 'too_large', 'encoded').map((kind) =>
  new OutboundError('vendor', kind, kind === 'unreachable' || kind === 'forbidden_address', 'something happened'));
const outcome = fc.oneof({ weight: 9, arbitrary: fc.record({ status, text: body }) }, failure);

const category = z.enum(failureCategoryNames).optional();
const id = z.string().regex(/^[A-Za-z0-9][\w.:=~-]{0,199}$/).optional();
const submission = z.looseObject({ jobId: id, category, definite: z.boolean() });
const report = z.looseObject({
  jobId: id, category, state: z.enum(['running', 'succeeded', 'failed', 'unknown']), vendorStatus: z.string().regex(/^[\w -]{0,40}$/),
  assets: z.array(z.strictObject({ kind: z.enum(['image', 'video']), url: z.string().max(8_000).regex(/^https?:\/\//i), durationMs: z.int().min(1).max(3_600_000).nullable() })).max(16),
  usage: z.strictObject({ unit: z.string(), amount: z.number().min(0).max(1e9) }).nullable(),
});

function judgeSubmission(made: Submission): void {
  expect(submission.safeParse(made).error).toBeUndefined();
  // Either there is work, or there is a reason why not.
  expect((made.jobId === undefined) === (made.category !== undefined)).toBe(true);
  if (made.jobId !== undefined) expect(made.answer.status).toBeGreaterThanOrEqual(200);
}

function judgeReport(made: JobReport): void {
  seen[made.state]++;
  expect(report.safeParse(made).error).toBeUndefined();
  expect(made.assets.length > 0).toBe(made.state === 'succeeded');
  expect(made.category !== undefined).toBe(made.state === 'failed' || made.state === 'unknown');
}

const vendors: [string, (gateway: Gateway) => GenerationVendor, string][] = [
  ['LegNext', (gateway) => createLegnext({ gateway }), 'legnext-test-not-a-key'],
  ['Kling', (gateway) => createKling({ gateway, clock: () => new Date() }), klingSecret('access-test-not-a-key', 'secret-test-not-a-key')],
];

/** How often each came out, so that a sample which reaches nothing is noticed. */
const seen = { running: 0, succeeded: 0, failed: 0, unknown: 0 };
beforeEach(() => void Object.assign(seen, { running: 0, succeeded: 0, failed: 0, unknown: 0 }));

it.each(vendors)('faults 56 and 61: whatever %s answers, nothing throws and nothing odd gets in', async (_name, create, secret) => {
  await fc.assert(fc.asyncProperty(outcome, async (what) => {
    const call: Gateway['call'] = async () => {
      if (what instanceof Error) throw what;
      return { ...what, contentType: 'application/json', retryAfterMs: undefined };
    };
    const vendor = create({ call } as Gateway);
    const target: VendorTarget = { upstream: 'vendor', secret, signal: new AbortController().signal };
    judgeSubmission(await vendor.submit({ method: 'POST', path: '/images/generations', body: {} }, target));
    judgeReport(await vendor.report('kling_image', 'job-1', target));
    if (vendor.find) judgeReport(await vendor.find('kling_image', 'job-1', target));
  }), { numRuns: 1_000 });
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(10);
});
