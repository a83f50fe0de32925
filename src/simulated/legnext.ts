import { z } from 'zod';
import type { Scenario } from '../../schema/run/operations';
import { LEGNEXT_TEXT_LENGTH } from '../../schema/run/parameter-rules';
import { json, listenerOf, serve, type Call, type Handler, type Reply, type RunningServer } from './http-server';
import { jobOf, newJob, ratioOf, type SimulatedJob } from './job-id';
import { resultOf, resultUrl } from './results';
import { scenarioOf } from './scenarios';

const REFUSALS: Partial<Record<Scenario, Reply>> = {
  failed_402: refusal(402, 'insufficient quota'),
  failed_401: refusal(401, 'Failed to verify api key'),
  failed_429: refusal(429, 'Too Many Requests'),
  server_500: refusal(500, 'Internal Server Error'),
};
/** Milliseconds after the submission. */
const PROCESSING_AFTER = { success: 1_500, timeout: 1_000 };
const DONE_AFTER = 3_000;
const POINTS = 80;

const submission = z.looseObject({ text: z.string().min(1).max(LEGNEXT_TEXT_LENGTH) });

/** LegNext on loopback, in each scenario below a path of its name. It takes any key and never calls back. */
export function startSimulatedLegnext({ clock }: { clock: () => Date }): Promise<RunningServer> {
  return serve(listenerOf(simulatedLegnext(clock)));
}

/** The protocol: a job is pending for 1.5 s, processing for as long, then it has one picture; in the scenario `timeout` it never ends. */
export function simulatedLegnext(clock: () => Date): Handler {
  return async (call) => {
    const place = scenarioOf(call.path);
    if (!place) return refusal(404, 'Not Found');
    const { scenario, path } = place;
    const result = await resultOf(call.method, path);
    if (result) return result;
    if (!call.headers['x-api-key']) return refusal(401, 'Failed to verify api key');
    if (call.method === 'POST' && path === '/diffusion') return REFUSALS[scenario] ?? submit(call, scenario, clock().getTime());
    const job = jobOf(/^\/job\/(.+)$/.exec(path)?.[1] ?? '');
    return call.method === 'GET' && job && !REFUSALS[scenario] ? json(200, taskOf(call, job, scenario, clock().getTime())) : refusal(404, 'job not found');
  };
}

function submit(call: Call, scenario: Scenario, now: number): Reply {
  const { data } = submission.safeParse(call.body);
  if (!data) return refusal(400, 'text must have 1 to 8192 characters');
  const ratio = ratioOf(/--ar (\S+)/.exec(data.text)?.[1]);
  return json(200, taskOf(call, newJob({ startedAt: now, kind: 'images', amount: 1, ratio }), scenario, now));
}

function taskOf(call: Call, { id, startedAt }: SimulatedJob, scenario: Scenario, now: number): object {
  const age = now - startedAt;
  const done = scenario === 'success' && age >= DONE_AFTER;
  const processing = age >= PROCESSING_AFTER[scenario === 'timeout' ? 'timeout' : 'success'];
  const instant = (after: number): string => new Date(startedAt + after).toISOString();
  return {
    job_id: id,
    model: 'midjourney',
    task_type: 'diffusion',
    status: done ? 'completed' : processing ? 'processing' : 'pending',
    config: { service_mode: 'public', webhook_config: { endpoint: '', secret: '' } },
    input: null,
    output: { image_url: done ? resultUrl(call, `/${scenario}`, id, 0, 'png') : '', image_urls: null, seed: '', available_actions: {} },
    meta: {
      created_at: instant(0), started_at: processing ? instant(PROCESSING_AFTER.success) : null, ended_at: done ? instant(DONE_AFTER) : null,
      usage: { type: 'point', frozen: done ? 0 : POINTS, consume: done ? POINTS : 0 },
    },
    detail: null,
    logs: [],
    error: { code: 0, raw_message: '', message: '', detail: null },
  };
}

function refusal(status: number, message: string): Reply {
  return json(status, { code: status, message, raw_message: message, detail: null });
}
