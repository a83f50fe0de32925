import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Answer, Gateway, OutboundRequest } from '../outbound/gateway';
import { OutboundError } from '../outbound/outbound-error';
import { callWithRetries, isPassing, type RetryPolicy } from '../outbound/retry';
import { MASK } from '../outbound/scrubber';
import { describeError } from './error-body';

/** Name under which the gateway must know the LiteLLM proxy. */
export const LITELLM = 'litellm';

export interface NewLiteLlmKey {
  /** The secret, made by us: `sk-` and at least 16 characters in all. */
  key: string;
  keyAlias: string;
  userId?: string | null;
  /** Empty means every model. */
  models: readonly string[];
  /** Decimal string, in US dollars. */
  maxBudget?: string | null;
  /** For example `30d` or `1mo`. */
  budgetDuration?: string | null;
  rpmLimit?: number | null;
  tpmLimit?: number | null;
  maxParallelRequests?: number | null;
  /** Time to live, for example `30d`. */
  duration?: string | null;
  /** `keyledger_id` is how a repeated call recognises its own key. */
  metadata: Readonly<Record<string, string>> & { keyledger_id: string };
}

export interface LiteLlmKeyInfo {
  keyAlias: string | null;
  expires: string | null;
  models: string[];
  metadata: Record<string, unknown>;
}

/** `reason` is safe to show and to keep in an event; `retryable` says whether the same call may succeed later. */
export type LiteLlmOutcome<Result> = ({ ok: true } & Result) | LiteLlmFailure;

export interface LiteLlmFailure {
  ok: false;
  retryable: boolean;
  reason: string;
}

/** The LiteLLM proxy's administration. Failures are data; only faults of our own throw. */
export interface LiteLlm {
  /** Idempotent: calling again with the same key, alias and id succeeds and changes nothing. */
  generateKey(key: NewLiteLlmKey, signal?: AbortSignal): Promise<LiteLlmOutcome<{ tokenHash: string; expires: string | null }>>;
  /** Succeeds also when the key is gone already. @param tokenHash SHA-256 of the key, hex */
  deleteKey(tokenHash: string, signal?: AbortSignal): Promise<LiteLlmOutcome<{ existed: boolean }>>;
  /** @returns `info` undefined when LiteLLM does not know the key */
  keyInfo(tokenHash: string, signal?: AbortSignal): Promise<LiteLlmOutcome<{ info: LiteLlmKeyInfo | undefined }>>;
  /** Names of the models that the proxy offers. */
  listModels(signal?: AbortSignal): Promise<LiteLlmOutcome<{ models: string[] }>>;
  /** Whether the proxy is up and has its database. */
  health(signal?: AbortSignal): Promise<LiteLlmOutcome<object>>;
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

const generated = z.looseObject({ key: z.string().optional(), token: z.string().nullish(), expires: z.string().nullish() });
const keyInfoAnswer = z.looseObject({
  info: z.looseObject({
    key_alias: z.string().nullish(),
    expires: z.string().nullish(),
    models: z.array(z.string()).nullish(),
    metadata: z.record(z.string(), z.unknown()).nullish(),
  }),
});
const modelList = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

/** LiteLLM's name of a key: the SHA-256 of its text, hex. */
export function tokenHashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * @param timeoutMs for one attempt
 * @param retryDelayMs before the first repetition; doubles each time
 */
export function createLiteLlm(
  { gateway, timeoutMs, maxRetries, retryDelayMs }: { gateway: Gateway; timeoutMs: number; maxRetries: number; retryDelayMs: number },
): LiteLlm {
  const policy: RetryPolicy = { maxRetries, delayMs: retryDelayMs, idempotent: true };

  /** Every call here may be repeated: reading and deleting by nature, generating because the key is ours. */
  const call = (request: Pick<OutboundRequest, 'method' | 'path' | 'body' | 'sensitive' | 'signal'>): Promise<Answer | OutboundError> =>
    callWithRetries(gateway, LITELLM, { ...request, timeoutMs, maxBytes: MAX_ANSWER_BYTES }, policy)
      .catch((error: unknown) => {
        if (error instanceof OutboundError) return error;
        throw error;
      });

  async function keyInfo(tokenHash: string, signal?: AbortSignal): Promise<LiteLlmOutcome<{ info: LiteLlmKeyInfo | undefined }>> {
    const answer = await call({ method: 'GET', path: `/key/info?key=${encodeURIComponent(tokenHash)}`, signal });
    if (!(answer instanceof OutboundError) && answer.status === 404) return { ok: true, info: undefined };
    const read = readAnswer(answer, keyInfoAnswer);
    if (!read.ok) return read;
    const { key_alias: keyAlias, expires, models, metadata } = read.value.info;
    return { ok: true, info: { keyAlias: keyAlias ?? null, expires: expires ?? null, models: models ?? [], metadata: metadata ?? {} } };
  }

  async function deleteKey(tokenHash: string, signal?: AbortSignal): Promise<LiteLlmOutcome<{ existed: boolean }>> {
    const answer = await call({ method: 'POST', path: '/key/delete', body: JSON.stringify({ keys: [tokenHash] }), signal });
    if (answer instanceof OutboundError) return failure(answer);
    if (answer.status === 404) return { ok: true, existed: false };
    return isSuccess(answer) ? { ok: true, existed: true } : failure(answer);
  }

  return {
    keyInfo,
    deleteKey,

    async generateKey(key, signal) {
      const tokenHash = tokenHashOf(key.key);
      const answer = await call({ method: 'POST', path: '/key/generate', body: keyBody(key), sensitive: [key.key], signal });
      const read = readAnswer(answer, generated);
      // The gateway takes the key out of the answer that repeats it.
      if (read.ok && (read.value.key === undefined || read.value.key === MASK)) {
        return { ok: true, tokenHash, expires: read.value.expires ?? null };
      }
      if (read.ok) {
        // It ignored the key we chose. Its own must not live on unknown to the log.
        if (read.value.token) await deleteKey(read.value.token, signal);
        return { ok: false, retryable: false, reason: 'LiteLLM does not accept keys chosen by the caller' };
      }
      // An earlier attempt of the same call may have made the key: a refusal of its alias, or an unreadable answer, is then ours.
      if (answer instanceof OutboundError || answer.status === 401 || answer.status === 403) return read;
      const known = await keyInfo(tokenHash, signal);
      if (!known.ok || !known.info) return read;
      const ours = known.info.keyAlias === key.keyAlias && known.info.metadata['keyledger_id'] === key.metadata.keyledger_id;
      if (!ours) return { ok: false, retryable: false, reason: 'LiteLLM has this key under another name' };
      return { ok: true, tokenHash, expires: known.info.expires };
    },

    async listModels(signal) {
      const read = readAnswer(await call({ method: 'GET', path: '/v1/models', signal }), modelList);
      return read.ok ? { ok: true, models: read.value.data.map(({ id }) => id) } : read;
    },

    async health(signal) {
      const answer = await call({ method: 'GET', path: '/health/readiness', signal });
      return !(answer instanceof OutboundError) && isSuccess(answer) ? { ok: true } : failure(answer);
    },
  };
}

const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300;

function readAnswer<Value>(answer: Answer | OutboundError, schema: z.ZodType<Value>): LiteLlmOutcome<{ value: Value }> {
  if (answer instanceof OutboundError || !isSuccess(answer)) return failure(answer);
  const parsed = schema.safeParse(parseJson(answer.text));
  if (!parsed.success) return { ok: false, retryable: true, reason: 'LiteLLM gave an answer that cannot be read' };
  return { ok: true, value: parsed.data };
}

function failure(answer: Answer | OutboundError): LiteLlmFailure {
  const retryable = isPassing(answer);
  if (answer instanceof OutboundError) return { ok: false, retryable, reason: `No answer from LiteLLM (${answer.failure})` };
  const said = describeError(answer.text);
  return { ok: false, retryable, reason: `LiteLLM answered ${answer.status}${said ? `: ${said}` : ''}` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Only what is listed here leaves the house; limits that are not set are not mentioned. */
function keyBody(key: NewLiteLlmKey): string {
  const body = JSON.stringify({
    key: key.key,
    key_alias: key.keyAlias,
    user_id: key.userId ?? undefined,
    models: key.models,
    budget_duration: key.budgetDuration ?? undefined,
    rpm_limit: key.rpmLimit ?? undefined,
    tpm_limit: key.tpmLimit ?? undefined,
    max_parallel_requests: key.maxParallelRequests ?? undefined,
    duration: key.duration ?? undefined,
    metadata: key.metadata,
  });
  return key.maxBudget === undefined || key.maxBudget === null ? body : `${body.slice(0, -1)},"max_budget":${jsonNumber(key.maxBudget)}}`;
}

/** A decimal string as a JSON number, digit by digit: no float of ours stands in between. */
function jsonNumber(decimal: string): string {
  const match = /^0*(\d+)(\.\d+)?$/.exec(decimal);
  if (!match) throw new Error('An amount of money must be a decimal string');
  return `${match[1]}${match[2] ?? ''}`;
}
