import { z } from 'zod';
import { legnextText, type LegnextParameters } from '../../schema/run/parameters';
import type { Gateway, OutboundRequest } from '../outbound/gateway';
import { classify } from './classify';
import type { GenerationVendor, JobReport, VendorAnswer, VendorAsset, VendorTarget } from './generation';
import { amountOf, callVendor, isFileAddress, isRefusal, isSuccess, unusableKey, vendorId, vendorWord, wordsOf, type CallOutcome } from './vendor-call';

/** Name under which the gateway must know LegNext; its base URL usually ends in `/api/v1`. */
export const LEGNEXT = 'legnext';

/** Milliseconds for a submission, and for a look at a job. */
const TIMEOUT_MS = 30_000;
/** A grid and its four parts, and some to spare. */
const MAX_ASSETS = 16;
const SUCCEEDED = new Set(['completed', 'succeeded']);
const FAILED = new Set(['failed', 'error']);

/** A task object; a healthy one has an `error` too, with code 0. */
const task = z.looseObject({
  job_id: vendorId,
  status: vendorWord,
  output: z.looseObject({ image_url: z.unknown().optional(), image_urls: z.unknown().optional() }).nullable().catch(null),
  meta: z.looseObject({ usage: z.looseObject({ consume: z.unknown().optional() }) }).nullable().catch(null),
  error: z.looseObject({ code: z.int(), message: z.unknown().optional(), raw_message: z.unknown().optional() }).nullable().catch(null),
});
type Task = z.infer<typeof task>;

const called = z.looseObject({ config: z.looseObject({ webhook_config: z.unknown() }) });
const refusal = z.looseObject({ code: z.int(), message: z.string() });

export function createLegnext({ gateway, timeoutMs = TIMEOUT_MS }: { gateway: Gateway; timeoutMs?: number }): GenerationVendor {
  async function call(target: VendorTarget, request: Pick<OutboundRequest, 'method' | 'path' | 'body' | 'sensitive'>): Promise<CallOutcome> {
    // Anything else cannot stand in a header.
    if (!/^[\x21-\x7e]+$/.test(target.secret)) return unusableKey('The provider key is not one that LegNext could have given.');
    const outcome = await callVendor(gateway, target, { ...request, secret: target.secret, timeoutMs }, serviceCodeOf);
    return { ...outcome, answer: withoutCallback(outcome.answer) };
  }

  return {
    prepare(_operation, parameters, { callbackUrl }) {
      return {
        method: 'POST', path: '/diffusion',
        body: { text: legnextText(parameters as LegnextParameters), ...(callbackUrl !== undefined && { callback: callbackUrl }) },
      };
    },

    async submit({ method, path, body }, target) {
      const { answer, notSent, category } = await call(target, { method, path, body: JSON.stringify(body), sensitive: typeof body.callback === 'string' ? [body.callback] : [] });
      const taken = isSuccess(answer) ? task.safeParse(answer.json).data : undefined;
      if (taken) return { answer, jobId: taken.job_id, category: undefined, definite: true };
      return { answer, jobId: undefined, category: category ?? classify(answer, {}), definite: notSent || isRefusal(answer) };
    },

    async report(_operation, jobId, target) {
      const outcome = await call(target, { method: 'GET', path: `/job/${encodeURIComponent(jobId)}` });
      const { answer } = outcome;
      const told = isSuccess(answer) ? task.safeParse(answer.json).data : undefined;
      return told?.job_id === jobId ? reportOfTask(told, answer) : unknownJob(outcome);
    },
  };
}

/** A task object says where its vendor calls back. Answers are kept and shown, and whoever knew that could speak for the vendor. */
function withoutCallback(answer: VendorAnswer): VendorAnswer {
  const { data } = called.safeParse(answer.json);
  if (!data) return answer;
  const json = { ...data, config: { ...data.config, webhook_config: null } };
  return { ...answer, json, text: JSON.stringify(json) };
}

function reportOfTask(task: Task, answer: VendorAnswer): JobReport {
  const { job_id: jobId, status, error, meta } = task;
  const assets = assetsOf(task);
  const amount = amountOf(meta?.usage.consume);
  const base = { answer, jobId, vendorStatus: status, assets: [], usage: amount === undefined ? null : { unit: 'points', amount } };
  if (FAILED.has(status) || (error !== null && error.code !== 0)) {
    const text = wordsOf(error?.message) || wordsOf(error?.raw_message);
    return { ...base, state: 'failed', category: classify({ ...answer, text, serviceCode: undefined }, {}) };
  }
  if (!SUCCEEDED.has(status)) return { ...base, state: 'running', category: undefined };
  // Done without a result is not done.
  if (assets.length === 0) return { ...base, state: 'failed', category: 'unknown' };
  return { ...base, state: 'succeeded', category: undefined, assets };
}

function assetsOf({ output }: Task): VendorAsset[] {
  const list = Array.isArray(output?.image_urls) ? output.image_urls.filter(isFileAddress) : [];
  const urls = list.length > 0 ? list : [output?.image_url].filter(isFileAddress);
  return [...new Set(urls)].slice(0, MAX_ASSETS).map((url) => ({ kind: 'image', url, durationMs: null }));
}

/** Also where the vendor answered about another job. */
function unknownJob({ answer, category = classify(answer, {}) }: CallOutcome): JobReport {
  return { answer, jobId: undefined, state: 'unknown', vendorStatus: '', category, assets: [], usage: null };
}

/** Only of a refusal: a task object has its error inside. */
function serviceCodeOf(json: unknown): number | undefined {
  const { data } = refusal.safeParse(json);
  return data && data.code !== 0 ? data.code : undefined;
}
