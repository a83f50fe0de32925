import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { klingSecret, type KlingCredentials } from '../../schema/key-pool/credentials';
import { json, type Call, type Handler, type Reply } from '../../src/simulated/http-server';
import { film, picture } from '../../src/simulated/pictures';
import { startStandIn, type StandIn } from './stand-in';

/** What becomes of work that is submitted from now on. */
export interface KlingScript {
  /** How its status goes on, one a look; the last stays. */
  statuses: readonly string[];
  /** `task_status_msg` once its status is the last one. */
  message: string;
  /** Refuses the submission instead. */
  refusal?: { status: number; code: number; message: string };
  /** Put over the task, for odd ones. */
  odd?: Readonly<Record<string, unknown>>;
}

export interface KlingTask {
  taskId: string;
  /** Path it was submitted to, below the base URL. */
  endpoint: string;
  /** Exactly as it came. */
  body: Record<string, unknown>;
  /** Of the account it was submitted with. */
  accessKey: string;
  /** How often it was looked at. */
  looks: number;
  script: KlingScript;
  expired: boolean;
}

export interface KlingStandIn extends StandIn {
  /** Every work it took, oldest first. */
  tasks: KlingTask[];
  script: KlingScript;
  /** Headers of whoever fetched a result. */
  downloads: IncomingHttpHeaders[];
  /** Claims of every token that was accepted, oldest first. */
  claims: { iss: string; exp: number; nbf: number }[];
  /** Its results are gone from now on. */
  expire(taskId: string): void;
  /** Ends the work and says so to its callback. @returns the HTTP status that the callback answered */
  callBack(taskId: string): Promise<number>;
}

export const KLING_TEST_ACCOUNT: KlingCredentials = { accessKey: 'access-test-not-a-key', secretKey: 'secret-test-not-a-key' };

const usual: KlingScript = { statuses: ['submitted', 'processing', 'succeed'], message: '' };

/** Seconds a token lives, and by which it may begin in the past. */
const LIFE = 1_800;
const LEEWAY = 5;
/** Seconds that a slow machine may take from making a token to checking it. */
const SLACK = 60;

const common = { model_name: z.enum(['kling-v1', 'kling-v1-pro']), prompt: z.string().min(1).max(2_500), negative_prompt: z.string().max(2_500).optional(), external_task_id: z.string().optional(), callback_url: z.url().optional() };
const video = { ...common, cfg_scale: z.number().min(0).max(1), mode: z.enum(['std', 'pro']), duration: z.enum(['5', '10']) };
const bodies: Readonly<Record<string, z.ZodType>> = {
  '/images/generations': z.strictObject({ ...common, n: z.int().min(1).max(9), aspect_ratio: z.enum(['1:1', '16:9', '9:16', '4:3', '3:4']) }),
  '/videos/text2video': z.strictObject({ ...video, aspect_ratio: z.enum(['16:9', '9:16', '1:1']) }),
  '/videos/image2video': z.strictObject({ ...video, image: z.string().min(1) }),
};

/** Kling for tests; its `url` is the base URL, ending in `/v1`, its `secret` that of the first account as the vault keeps it. */
export async function startKlingStandIn({ accounts = [KLING_TEST_ACCOUNT] }: { accounts?: readonly KlingCredentials[] } = {}): Promise<KlingStandIn> {
  const tasks: KlingTask[] = [];
  const downloads: IncomingHttpHeaders[] = [];
  const claims: KlingStandIn['claims'] = [];

  const handler: Handler = async (call) => {
    const [, file, index] = /^\/files\/([\w-]+)\/(\d)\.\w+$/.exec(call.path) ?? [];
    if (file !== undefined) return download(call, file, Number(index));
    const judged = await judgeToken(call);
    if ('status' in judged) return judged;
    const path = call.path.replace(/^\/v1/, '');
    if (call.method === 'POST' && path in bodies) return submit(path, call, judged.accessKey);
    const task = tasks.find(({ endpoint, taskId, body }) => [taskId, body.external_task_id].some((name) => path === `${endpoint}/${String(name)}`));
    if (call.method !== 'GET' || !task) return refusal(404, 1203, 'resource not found');
    task.looks++;
    return answer(taskOf(task));
  };

  async function judgeToken({ token }: Call): Promise<KlingCredentials | Reply> {
    if (token === '') return refusal(401, 1001, 'Authorization is empty');
    for (const account of accounts) {
      try {
        const key = new TextEncoder().encode(account.secretKey);
        const { payload, protectedHeader } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer: account.accessKey, requiredClaims: ['exp', 'nbf'], typ: 'JWT' });
        const { iss, exp, nbf } = payload as KlingStandIn['claims'][number];
        const now = Date.now() / 1_000;
        const asDocumented = exp - nbf === LIFE + LEEWAY && exp <= now + LIFE + 1 && exp > now + LIFE - SLACK;
        if (!asDocumented || Object.keys(payload).length !== 3 || Object.keys(protectedHeader).length !== 2) return refusal(401, 1002, 'Authorization is invalid');
        claims.push({ iss, exp, nbf });
        return account;
      } catch (error) {
        if (error instanceof errors.JWTExpired) return refusal(401, 1004, 'Authorization has expired');
        if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf') return refusal(401, 1003, 'Authorization is not yet valid');
      }
    }
    return refusal(401, 1002, 'Authorization is invalid');
  }

  function submit(endpoint: string, { body }: Call, accessKey: string): Reply {
    const parsed = bodies[endpoint]!.safeParse(body);
    if (!parsed.success) return refusal(400, 1201, `parameters are not valid: ${parsed.error.issues[0]?.path.join('.') || parsed.error.issues[0]?.message}`);
    const { script } = standIn;
    if (script.refusal) return refusal(script.refusal.status, script.refusal.code, script.refusal.message);
    const name = (parsed.data as Record<string, unknown>).external_task_id;
    if (name !== undefined && tasks.some((task) => task.body.external_task_id === name)) return refusal(400, 1201, 'external_task_id is not unique');
    const task: KlingTask = { taskId: randomUUID(), endpoint, body: body as Record<string, unknown>, accessKey, looks: 0, script, expired: false };
    tasks.push(task);
    return answer(taskOf(task));
  }

  async function download({ headers }: Call, taskId: string, index: number): Promise<Reply> {
    downloads.push(headers);
    const task = tasks.find((one) => one.taskId === taskId);
    if (!task || task.expired) return refusal(404, 1203, 'resource not found');
    const name = `${taskId}/${index}`;
    if (task.endpoint === '/images/generations') return { status: 200, contentType: 'image/png', body: await picture(name, [1, 1]) };
    return { status: 200, contentType: 'video/webm', body: await film(name, [16, 9], Number(task.body.duration)) };
  }

  function taskOf({ taskId, endpoint, body, looks, script }: KlingTask): Record<string, unknown> {
    const { statuses, message, odd } = script;
    const status = statuses[Math.min(looks, statuses.length - 1)]!;
    const file = (index: number, extension: string): string => `${new URL(standIn.url).origin}/files/${taskId}/${index}.${extension}`;
    const result = endpoint === '/images/generations'
      ? { images: Array.from({ length: Number(body.n) }, (_, index) => ({ index, url: file(index, 'png') })) }
      : { videos: [{ id: `${taskId}-0`, url: file(0, 'webm'), duration: String(body.duration) }] };
    return {
      task_id: taskId, task_status: status, task_status_msg: looks >= statuses.length - 1 ? message : '',
      task_info: { external_task_id: body.external_task_id }, created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000,
      ...(status === 'succeed' && { task_result: result }), ...odd,
    };
  }

  const standIn: KlingStandIn = {
    ...await startStandIn(handler, klingSecret(accounts[0]!.accessKey, accounts[0]!.secretKey)),
    tasks, downloads, claims, script: usual,
    expire: (taskId) => void (tasks.find((task) => task.taskId === taskId)!.expired = true),
    async callBack(taskId) {
      const task = tasks.find((one) => one.taskId === taskId)!;
      task.looks = task.script.statuses.length - 1;
      const body = JSON.stringify(taskOf(task));
      return (await fetch(String(task.body.callback_url), { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
    },
  };
  standIn.url = `${standIn.url}/v1`;
  return standIn;
}

const answer = (data: object): Reply => json(200, { code: 0, message: 'SUCCEED', request_id: randomUUID(), data });
const refusal = (status: number, code: number, message: string): Reply => json(status, { code, message, request_id: randomUUID() });
