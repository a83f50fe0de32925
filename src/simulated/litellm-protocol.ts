import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { json, type Call, type Handler, type Reply } from './http-server';
import type { KeyShelf } from './litellm-keys';

export interface LiteLlmProtocol {
  keys: KeyShelf;
  masterKey: string;
  models: readonly string[];
  now(): Date;
}

const limit = z.number().int().nonnegative().nullish();
const newKey = z.looseObject({
  key: z.string().nullish(),
  key_alias: z.string().nullish(),
  user_id: z.string().nullish(),
  models: z.array(z.string()).default([]),
  max_budget: z.number().nullish(),
  budget_duration: z.string().nullish(),
  rpm_limit: limit,
  tpm_limit: limit,
  max_parallel_requests: limit,
  duration: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).default({}),
});
const deletion = z.looseObject({ keys: z.array(z.string()).nonempty() });

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, mo: 2_592_000_000 };

/** The part of the LiteLLM proxy's administration that Keyledger uses, as version 1.9x answers it. */
export function liteLlmHandler(protocol: LiteLlmProtocol): Handler {
  return async (call) => {
    const route = `${call.method} ${call.path}`;
    if (route === 'GET /health/liveliness') return json(200, "I'm alive!");
    if (route === 'GET /health/readiness') return json(200, { status: 'healthy', db: 'connected' });
    if (route === 'GET /models' || route === 'GET /v1/models') return listModels(protocol, call);
    if (call.token !== protocol.masterKey) return unauthorised();
    if (route === 'POST /key/generate') return generate(protocol, call.body);
    if (route === 'POST /key/delete') return remove(protocol, call.body);
    if (route === 'GET /key/info') return info(protocol, call.query.get('key') ?? '');
    return json(404, { detail: 'Not Found' });
  };
}

async function generate({ keys, now }: LiteLlmProtocol, body: unknown): Promise<Reply> {
  const parsed = newKey.safeParse(body);
  if (!parsed.success) return unprocessable(parsed.error);
  const { key = null, duration, ...settings } = parsed.data;
  if (key !== null && (!key.startsWith('sk-') || key.length < 16)) {
    const said = "Invalid key format. LiteLLM Virtual Key must start with 'sk-' and have 16 characters or more.";
    return json(400, { detail: { error: said } });
  }
  if ((settings.max_budget ?? 0) < 0) return refused(400, 'max_budget cannot be negative', 'max_budget');
  const lifetime = lifetimeMs(duration ?? 'none');
  if (lifetime === undefined) return refused(400, `Unable to parse duration string, got=${duration}`, 'duration');
  const secret = key ?? `sk-${randomBytes(16).toString('base64url')}`;
  const expires = lifetime === Infinity ? null : new Date(now().getTime() + lifetime).toISOString();
  const kept = { ...settings, key_name: `sk-...${secret.slice(-4)}`, expires, spend: 0, created_at: now().toISOString() };
  const token = tokenOf(secret);
  if (await keys.add({ token, keyAlias: settings.key_alias ?? null, info: kept }) === 'alias_taken') {
    const said = `Key with alias '${settings.key_alias}' already exists. Unique key aliases across all keys are required.`;
    return refused(400, said, 'key_alias');
  }
  return json(200, { ...kept, key: secret, token, token_id: token });
}

async function remove({ keys }: LiteLlmProtocol, body: unknown): Promise<Reply> {
  const parsed = deletion.safeParse(body);
  if (!parsed.success) return unprocessable(parsed.error);
  const removed = await keys.remove(parsed.data.keys.map(tokenOf));
  return removed.length === 0 ? refused(404, 'No keys found', 'keys') : json(200, { deleted_keys: removed });
}

async function info({ keys }: LiteLlmProtocol, key: string): Promise<Reply> {
  const found = await keys.byToken(tokenOf(key));
  return found ? json(200, { key, info: { ...found.info, token: found.token } }) : refused(404, 'Key not found in database', 'key');
}

/** The master key sees every model, a virtual key only its own (an empty list means every one). */
async function listModels({ keys, masterKey, models, now }: LiteLlmProtocol, { token }: Call): Promise<Reply> {
  let visible = models;
  if (token !== masterKey) {
    const key = token === '' ? undefined : await keys.byToken(tokenOf(token));
    const { expires, models: own } = (key?.info ?? {}) as { expires?: string | null; models?: string[] };
    if (!key || (expires && Date.parse(expires) <= now().getTime())) return unauthorised();
    if (own?.length) visible = models.filter((model) => own.includes(model));
  }
  return json(200, { object: 'list', data: visible.map((id) => ({ id, object: 'model', created: 1_677_610_602, owned_by: 'openai' })) });
}

/** LiteLLM takes a key or its hash wherever it asks for a key. */
const tokenOf = (keyOrHash: string): string =>
  (keyOrHash.startsWith('sk-') ? createHash('sha256').update(keyOrHash).digest('hex') : keyOrHash);

/** Infinity for `none`, undefined for what is no duration. */
function lifetimeMs(duration: string): number | undefined {
  if (duration === 'none') return Infinity;
  const match = /^(\d{1,6})(s|m|h|d|w|mo)$/.exec(duration);
  return match ? Number(match[1]) * UNIT_MS[match[2]!]! : undefined;
}

const refused = (status: number, message: string, param: string): Reply =>
  json(status, { error: { message, type: 'bad_request_error', param, code: String(status) } });

const unauthorised = (): Reply => {
  const message = 'Authentication Error, Invalid proxy server token passed.';
  return json(401, { error: { message, type: 'auth_error', param: 'None', code: '401' } });
};

const unprocessable = (error: z.ZodError): Reply =>
  json(422, { detail: error.issues.map(({ path, message }) => ({ loc: ['body', ...path], msg: message, type: 'value_error' })) });
