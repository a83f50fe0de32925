import { SignJWT } from 'jose';
import { z } from 'zod';
import { parseKlingSecret, type KlingCredentials } from '../../schema/key-pool/credentials';
import type { Operation } from '../../schema/run/operations';
import { cfgScaleOf, type KlingImageParameters, type KlingImageToVideoParameters, type KlingTextToVideoParameters } from '../../schema/run/parameters';
import type { Gateway } from '../outbound/gateway';
import { classify } from './classify';
import type { GenerationVendor, JobReport, VendorAnswer, VendorAsset, VendorTarget } from './generation';
import { amountOf, callVendor, isFileAddress, isRefusal, isSuccess, unusableKey, vendorId, vendorWord, wordsOf, type CallOutcome } from './vendor-call';

/** Name under which the gateway must know Kling; its base URL usually ends in `/v1`. */
export const KLING = 'kling';

/** Milliseconds for a submission, and for a look at a task. */
const SUBMIT_TIMEOUT_MS = 60_000;
const POLL_TIMEOUT_MS = 30_000;

type KlingOperation = Exclude<Operation, 'legnext_diffusion'>;

const PATHS: Readonly<Record<KlingOperation, string>> = {
  kling_image: '/images/generations',
  kling_text_to_video: '/videos/text2video',
  kling_image_to_video: '/videos/image2video',
};

/** Seconds. */
const TOKEN_LIFE = 1_800;
/** Seconds by which our clock may be ahead of the vendor's. */
const TOKEN_LEEWAY = 5;
const MAX_ASSETS = 16;
const MAX_VIDEO_MS = 3_600_000;

const success = z.looseObject({
  code: z.literal(0),
  data: z.looseObject({
    task_id: vendorId,
    task_status: vendorWord,
    task_status_msg: z.unknown().optional(),
    task_info: z.looseObject({ external_task_id: z.string().optional().catch(undefined) }).nullable().catch(null),
    task_result: z.looseObject({ images: z.unknown().optional(), videos: z.unknown().optional() }).nullable().catch(null),
    /** Units it cost, as text. */
    final_unit_deduction: z.unknown().optional(),
  }),
});
type KlingTask = z.infer<typeof success>['data'];

const file = z.looseObject({ url: z.custom<string>(isFileAddress), duration: z.unknown().optional() });
const refusal = z.looseObject({ code: z.int() });

/** @param clock of the tokens; every call gets one of its own */
export function createKling({ gateway, clock, submitTimeoutMs = SUBMIT_TIMEOUT_MS, pollTimeoutMs = POLL_TIMEOUT_MS }: {
  gateway: Gateway; clock: () => Date; submitTimeoutMs?: number; pollTimeoutMs?: number;
}): GenerationVendor {
  async function call(target: VendorTarget, request: { method: 'GET' | 'POST'; path: string; body?: string; timeoutMs: number }): Promise<CallOutcome> {
    const credentials = parseKlingSecret(target.secret);
    if (!credentials) return unusableKey('The provider key is not a pair of access key and secret key.');
    const { accessKey, secretKey } = credentials;
    return callVendor(gateway, target, { ...request, secret: await klingToken(credentials, clock()), sensitive: [accessKey, secretKey] }, serviceCodeOf);
  }

  async function look(operation: Operation, id: string, target: VendorTarget): Promise<CallOutcome & { task: KlingTask | undefined }> {
    const path = `${PATHS[operation as KlingOperation]}/${encodeURIComponent(id)}`;
    const outcome = await call(target, { method: 'GET', path, timeoutMs: pollTimeoutMs });
    const { answer } = outcome;
    return { ...outcome, task: isSuccess(answer) ? success.safeParse(answer.json).data?.data : undefined };
  }

  return {
    prepare(operation, parameters, { externalId, callbackUrl }) {
      const body = {
        ...bodyOf(operation as KlingOperation, parameters),
        external_task_id: externalId,
        ...(callbackUrl !== undefined && { callback_url: callbackUrl }),
      };
      return { method: 'POST', path: PATHS[operation as KlingOperation], body };
    },

    async submit({ method, path, body }, target) {
      const { answer, notSent, category } = await call(target, { method, path, body: JSON.stringify(body), timeoutMs: submitTimeoutMs });
      const taken = isSuccess(answer) ? success.safeParse(answer.json).data : undefined;
      if (taken) return { answer, jobId: taken.data.task_id, category: undefined, definite: true };
      return { answer, jobId: undefined, category: category ?? classify(answer), definite: notSent || isRefusal(answer) };
    },

    async report(operation, jobId, target) {
      const { task, ...outcome } = await look(operation, jobId, target);
      return task?.task_id === jobId ? reportOfTask(task, outcome.answer) : unknownTask(outcome);
    },

    async find(operation, externalId, target) {
      const { task, ...outcome } = await look(operation, externalId, target);
      const named = task?.task_info?.external_task_id ?? externalId;
      return task && named === externalId ? reportOfTask(task, outcome.answer) : unknownTask(outcome);
    },
  };
}

/** The token of one call. @param secretKey signs it */
export function klingToken({ accessKey, secretKey }: KlingCredentials, now: Date): Promise<string> {
  const seconds = Math.floor(now.getTime() / 1_000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(accessKey)
    .setExpirationTime(seconds + TOKEN_LIFE)
    .setNotBefore(seconds - TOKEN_LEEWAY)
    .sign(new TextEncoder().encode(secretKey));
}

function bodyOf(operation: KlingOperation, parameters: unknown): Record<string, unknown> {
  switch (operation) {
    case 'kling_image': {
      const { count, aspectRatio, ...common } = parameters as KlingImageParameters;
      return { ...commonBody(common), n: count, aspect_ratio: aspectRatio };
    }
    case 'kling_text_to_video': {
      const { aspectRatio, ...common } = parameters as KlingTextToVideoParameters;
      return { ...videoBody(common), aspect_ratio: aspectRatio };
    }
    case 'kling_image_to_video': {
      const { image, ...common } = parameters as KlingImageToVideoParameters;
      return { ...videoBody(common), image };
    }
    default:
      return operation satisfies never;
  }
}

function commonBody({ model, prompt, negativePrompt }: Pick<KlingImageParameters, 'model' | 'prompt' | 'negativePrompt'>): Record<string, unknown> {
  return { model_name: model, prompt, ...(negativePrompt !== '' && { negative_prompt: negativePrompt }) };
}

function videoBody(
  { creativity, mode, durationSeconds, ...common }: Omit<KlingTextToVideoParameters, 'aspectRatio'>,
): Record<string, unknown> {
  return { ...commonBody(common), cfg_scale: cfgScaleOf(creativity), mode, duration: durationSeconds };
}

function reportOfTask(task: KlingTask, answer: VendorAnswer): JobReport {
  const assets = assetsOf(task);
  const units = amountOf(task.final_unit_deduction);
  const base = { answer, jobId: task.task_id, vendorStatus: task.task_status, assets: [], usage: units === undefined ? null : { unit: 'units', amount: units } };
  if (task.task_status === 'failed') return { ...base, state: 'failed', category: classify({ ...answer, text: wordsOf(task.task_status_msg) }) };
  if (task.task_status !== 'succeed') return { ...base, state: 'running', category: undefined };
  // Done without a result is not done.
  if (assets.length === 0) return { ...base, state: 'failed', category: 'unknown' };
  return { ...base, state: 'succeeded', category: undefined, assets };
}

function assetsOf({ task_result: result }: KlingTask): VendorAsset[] {
  const files = (list: unknown, kind: VendorAsset['kind']): VendorAsset[] => (Array.isArray(list) ? list : []).flatMap((one) => {
    const { data } = file.safeParse(one);
    return data ? [{ kind, url: data.url, durationMs: kind === 'video' ? millisecondsOf(data.duration) : null }] : [];
  });
  return [...files(result?.images, 'image'), ...files(result?.videos, 'video')].slice(0, MAX_ASSETS);
}

/** The vendor tells seconds, as text. */
function millisecondsOf(duration: unknown): number | null {
  const milliseconds = Math.round((amountOf(duration) ?? 0) * 1_000);
  return milliseconds > 0 && milliseconds <= MAX_VIDEO_MS ? milliseconds : null;
}

/** Also where the vendor answered about another task. */
function unknownTask({ answer, category = classify(answer) }: CallOutcome): JobReport {
  return { answer, jobId: undefined, state: 'unknown', vendorStatus: '', category, assets: [], usage: null };
}

function serviceCodeOf(json: unknown): number | undefined {
  const { data } = refusal.safeParse(json);
  return data && data.code !== 0 ? data.code : undefined;
}
