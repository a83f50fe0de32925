import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { json, type Call, type Handler, type Reply } from '../../src/simulated/http-server';
import { picture } from '../../src/simulated/pictures';
import { startStandIn, type StandIn } from './stand-in';

/** What becomes of work that is submitted from now on. */
export interface LegnextScript {
  /** How its status goes on, one a look; the last stays. */
  statuses: readonly string[];
  /** Pictures it has in the end; with `grid` they are one picture, at `image_url`. */
  images: number;
  grid?: boolean;
  /** What the task object says is wrong once its status is the last one. */
  failure?: { code: number; message: string };
  /** Points it costs, as `meta.usage.consume` says it. */
  consume: unknown;
  /** Refuses the submission instead. */
  refusal?: { status: number; message: string };
  /** Put over the task object, for odd ones. */
  odd?: Readonly<Record<string, unknown>>;
}

export interface LegnextJob {
  jobId: string;
  /** Exactly as it came. */
  text: string;
  callback: string | undefined;
  /** The key it was submitted with. */
  apiKey: string;
  /** How often it was looked at. */
  looks: number;
  script: LegnextScript;
  expired: boolean;
}

export interface LegnextStandIn extends StandIn {
  /** Every work it took, oldest first. */
  jobs: LegnextJob[];
  script: LegnextScript;
  /** Headers of whoever fetched a result. */
  downloads: IncomingHttpHeaders[];
  /** Its results are gone from now on. */
  expire(jobId: string): void;
  /** Ends the work and says so to its callback. @returns the HTTP status that the callback answered */
  callBack(jobId: string): Promise<number>;
}

export const LEGNEXT_TEST_KEY = 'legnext-test-not-a-key';

const usual: LegnextScript = { statuses: ['pending', 'staged', 'processing', 'completed'], images: 4, consume: 80 };

/** LegNext for tests; its `url` is the base URL, ending in `/api/v1`. @param apiKeys the keys it knows */
export async function startLegnextStandIn({ apiKeys = [LEGNEXT_TEST_KEY] }: { apiKeys?: readonly string[] } = {}): Promise<LegnextStandIn> {
  const jobs: LegnextJob[] = [];
  const downloads: IncomingHttpHeaders[] = [];

  const handler: Handler = async (call) => {
    const [, file, index] = /^\/files\/([\w-]+)\/(\d)\.png$/.exec(call.path) ?? [];
    if (file !== undefined) return download(call, file, Number(index));
    const apiKey = String(call.headers['x-api-key'] ?? '');
    if (!apiKeys.includes(apiKey) || call.headers.authorization !== undefined) return refusal(401, 'Failed to verify api key');
    if (`${call.method} ${call.path}` === 'POST /api/v1/diffusion') return submit(call, apiKey);
    const job = jobs.find(({ jobId }) => call.path === `/api/v1/job/${jobId}`);
    if (call.method !== 'GET' || !job) return refusal(404, 'job not found');
    job.looks++;
    return json(200, taskOf(job));
  };

  function submit({ body, headers }: Call, apiKey: string): Reply {
    const { text, callback, ...rest } = body as Record<string, unknown>;
    if (headers['content-type'] !== 'application/json' || typeof text !== 'string' || text.length < 1 || text.length > 8_192) return refusal(400, 'text is not valid');
    if (Object.keys(rest).length > 0 || (callback !== undefined && !URL.canParse(String(callback)))) return refusal(400, 'unknown parameters');
    const { script } = standIn;
    if (script.refusal) return refusal(script.refusal.status, script.refusal.message);
    const job: LegnextJob = { jobId: randomUUID(), text, callback: callback as string | undefined, apiKey, looks: 0, script, expired: false };
    jobs.push(job);
    return json(200, taskOf(job));
  }

  async function download({ headers }: Call, jobId: string, index: number): Promise<Reply> {
    downloads.push(headers);
    const job = jobs.find((one) => one.jobId === jobId);
    if (!job || job.expired) return refusal(410, 'Gone');
    return { status: 200, contentType: 'image/png', body: await picture(`${jobId}/${index}`, [1, 1]) };
  }

  function taskOf({ jobId, text, callback, looks, script }: LegnextJob): Record<string, unknown> {
    const { statuses, images, grid, failure, consume, odd } = script;
    const status = statuses[Math.min(looks, statuses.length - 1)]!;
    const last = looks >= statuses.length - 1;
    const done = status === 'completed' || status === 'succeeded';
    const urls = Array.from({ length: images }, (_, index) => `${new URL(standIn.url).origin}/files/${jobId}/${index}.png`);
    const error = last && failure ? { ...failure, raw_message: failure.message, detail: null } : { code: 0, message: '', raw_message: '', detail: null };
    return {
      job_id: jobId, model: 'midjourney', task_type: 'diffusion', status,
      config: { service_mode: 'public', webhook_config: { endpoint: callback ?? '', secret: '' } },
      input: { text },
      output: { image_url: done && grid ? urls[0] : '', image_urls: done && !grid ? urls : null, seed: '', available_actions: {} },
      meta: { created_at: '', started_at: '', ended_at: '', usage: { type: 'point', frozen: done ? 0 : consume, consume: done ? consume : 0 } },
      detail: null, logs: [], error, ...odd,
    };
  }

  const standIn: LegnextStandIn = {
    ...await startStandIn(handler, apiKeys[0]!),
    jobs, downloads, script: usual,
    expire: (jobId) => void (jobs.find((job) => job.jobId === jobId)!.expired = true),
    async callBack(jobId) {
      const job = jobs.find((one) => one.jobId === jobId)!;
      job.looks = job.script.statuses.length - 1;
      const body = JSON.stringify(taskOf(job));
      return (await fetch(job.callback!, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
    },
  };
  standIn.url = `${standIn.url}/api/v1`;
  return standIn;
}

const refusal = (status: number, message: string): Reply => json(status, { code: status, message, raw_message: message, detail: null });
