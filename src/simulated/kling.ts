import { randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import type { Scenario } from '../../schema/run/operations';
import { createLru } from '../lru';
import { json, listenerOf, serve, type Call, type Handler, type Reply, type RunningServer } from './http-server';
import { jobOf, newJob, ratioOf, type SimulatedJob } from './job-id';
import { resultOf, resultUrl } from './results';
import { scenarioOf } from './scenarios';

/** As the vendor itself says it where it has words of its own; an exhausted account has its code, too. */
const REFUSALS: Partial<Record<Scenario, [status: number, code: number, message: string]>> = {
  failed_402: [402, 1102, 'insufficient quota'],
  failed_401: [401, 1002, 'invalid token'],
  failed_429: [429, 1302, 'rate limited'],
  server_500: [500, 5000, 'internal error'],
};
const KINDS: Readonly<Record<string, SimulatedJob['kind']>> = {
  '/images/generations': 'images', '/videos/text2video': 'text2video', '/videos/image2video': 'image2video',
};
/** Milliseconds after the submission. */
const PROCESSING_AFTER = 1_000;
const DONE_AFTER = 3_000;
/** Names of callers for their work that are remembered. */
const NAMES = 1_000;
const NAME_MS = 3_600_000;

const submission = z.looseObject({
  prompt: z.string().min(1).max(2_500),
  n: z.int().min(1).max(9).default(1),
  duration: z.enum(['5', '10']).default('5'),
  aspect_ratio: z.string().default('16:9'),
  image: z.string().min(1).optional(),
  external_task_id: z.string().optional(),
});

/** Kling on loopback, in each scenario below a path of its name. It takes any token of the right form and never calls back. */
export function startSimulatedKling({ clock }: { clock: () => Date }): Promise<RunningServer> {
  return serve(listenerOf(simulatedKling(clock)));
}

/**
 * The protocol: a task is submitted for 1 s, processing for 2 s, then it has its pictures or its video; in the scenario
 * `timeout` it never ends. Names that callers give their work are remembered by this process only.
 */
export function simulatedKling(clock: () => Date): Handler {
  const named = createLru<string, string>(NAMES, NAME_MS, () => clock().getTime());

  return async (call) => {
    const place = scenarioOf(call.path);
    if (!place) return refusal(404, 1202, 'no such method');
    const { scenario, path } = place;
    const result = await resultOf(call.method, path);
    if (result) return result;
    const now = clock().getTime();
    const fault = tokenFault(call.token, now / 1_000);
    if (fault) return refusal(401, ...fault);
    const refused = REFUSALS[scenario];
    if (call.method === 'POST' && Object.hasOwn(KINDS, path)) return refused ? refusal(...refused) : submit(call, scenario, KINDS[path]!, now);
    const [, endpoint = '', id = ''] = /^(\/\w+\/\w+)\/([^/]+)$/.exec(path) ?? [];
    const job = jobOf(named.get(decodeURIComponent(id)) ?? id);
    if (call.method !== 'GET' || refused || job?.kind !== KINDS[endpoint]) return refusal(404, 1203, 'no such task');
    return job ? success(taskOf(call, job, scenario, now)) : refusal(404, 1203, 'no such task');
  };

  function submit(call: Call, scenario: Scenario, kind: SimulatedJob['kind'], now: number): Reply {
    const { data } = submission.safeParse(call.body);
    if (!data || (kind === 'image2video' && !data.image)) return refusal(400, 1201, 'parameters are not valid');
    const amount = kind === 'images' ? data.n : Number(data.duration);
    const job = newJob({ startedAt: now, kind, amount, ratio: ratioOf(data.aspect_ratio) });
    if (data.external_task_id) named.set(data.external_task_id, job.id);
    return success(taskOf(call, job, scenario, now));
  }
}

function taskOf(call: Call, { id, kind, amount, startedAt }: SimulatedJob, scenario: Scenario, now: number): object {
  const age = now - startedAt;
  const done = scenario === 'success' && age >= DONE_AFTER;
  const url = (index: number, extension: 'png' | 'webm'): string => resultUrl(call, `/${scenario}`, id, index, extension);
  const result = kind === 'images'
    ? { images: Array.from({ length: amount }, (_, index) => ({ index, url: url(index, 'png') })) }
    : { videos: [{ id: `${id}-0`, url: url(0, 'webm'), duration: String(amount) }] };
  return {
    task_id: id,
    task_status: done ? 'succeed' : age >= PROCESSING_AFTER ? 'processing' : 'submitted',
    task_status_msg: '',
    created_at: startedAt,
    updated_at: startedAt + Math.min(Math.max(age, 0), DONE_AFTER),
    ...(done && { task_result: result }),
  };
}

/** What is wrong with a token, by its form alone. @param now seconds since 1970 */
function tokenFault(token: string, now: number): [code: number, message: string] | undefined {
  if (token === '') return [1001, 'Authorization is empty'];
  try {
    const { iss, exp, nbf } = decodeJwt(token);
    if (decodeProtectedHeader(token).alg !== 'HS256' || !iss || exp === undefined || nbf === undefined) return [1002, 'Authorization is invalid'];
    if (nbf > now) return [1003, 'Authorization is not yet valid'];
    return exp < now ? [1004, 'Authorization has expired'] : undefined;
  } catch {
    return [1002, 'Authorization is invalid'];
  }
}

const success = (data: object): Reply => json(200, { code: 0, message: 'SUCCEED', request_id: randomUUID(), data });
const refusal = (status: number, code: number, message: string): Reply => json(status, { code, message, request_id: randomUUID() });
