import { z } from 'zod';
import { NAME_LENGTH, PRINTABLE } from '../text-rules';
import { klingSecret } from './credentials';

/** Name of a vendor, and of its pool. */
export const PROVIDER = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const MAX_CONCURRENCY = 10_000;
export const MAX_RPM = 100_000;
export const MAX_PRIORITY = 1_000;
export const SCOPE_LENGTH = 2_000;
export const SECRET_LENGTH = 8_192;

/** A provider key as the configuration of the server describes it. */
export interface SpecifiedKey {
  provider: string;
  /** Unique in its pool. */
  name: string;
  /** As the vault keeps it. */
  secret: string;
  concurrencyLimit: number;
  /** Grants in any 60 s; null: no limit, 0: blocked. */
  rpmLimit: number | null;
  priority: number;
  /** `*`, or slugs or ids of tenants, separated by commas. */
  tenantScope: string;
  active: boolean;
  /** Milliseconds since the epoch; null: never. */
  expiresAt: number | null;
}

export interface PoolSpecification {
  keys: readonly SpecifiedKey[];
  /** Entries without a name or without credentials. */
  skipped: readonly { provider: string; index: number }[];
}

/** Keys of vendors that have a variable of their own. */
export interface SingleKeys {
  mjApiKey: string | undefined;
  klingAccessKey: string | undefined;
  klingSecretKey: string | undefined;
}

const secret = z.string().max(SECRET_LENGTH).nullish();

const time = z.union([z.iso.date(), z.iso.datetime({ offset: true }), z.iso.datetime({ local: true })], 'must be an ISO 8601 date, or date and time')
  .transform((text) => Date.parse(/T.*(Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`));

const entry = z.strictObject({
  name: z.string().trim().max(NAME_LENGTH).regex(PRINTABLE, 'has only printable characters').nullish(),
  api_key: secret,
  access_key: secret,
  secret_key: secret,
  key_payload: z.json().optional(),
  concurrency_limit: z.int().max(MAX_CONCURRENCY).nullish(),
  rpm_limit: z.int().min(0).max(MAX_RPM).nullish(),
  priority: z.int().min(-MAX_PRIORITY).max(MAX_PRIORITY).nullish(),
  tenant_scope: z.string().max(SCOPE_LENGTH).nullish(),
  is_active: z.boolean().nullish(),
  expires_at: time.nullish(),
});
type Entry = z.infer<typeof entry>;

const pools = z.record(z.string().regex(PROVIDER), z.array(entry), 'must be an object: vendor to list of keys');

/**
 * Reads `KEY_POOL_JSON`.
 * @returns the keys it describes, or everything that is wrong with it: where, and what; values are never repeated
 */
export function readPoolSpecification(text: string): PoolSpecification | { faults: { path: PropertyKey[]; message: string }[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { faults: [{ path: [], message: 'is not valid JSON' }] };
  }
  const parsed = pools.safeParse(value);
  if (!parsed.success) return { faults: parsed.error.issues.map(({ path, message }) => ({ path, message })) };
  const read = Object.entries(parsed.data).flatMap(([provider, entries]) =>
    entries.map((given, index) => ({ provider, index, key: keyOf(provider, given) })));
  const taken = read.filter(({ provider, key }, at) =>
    key && read.findIndex((other) => other.provider === provider && other.key?.name === key.name) < at);
  if (taken.length > 0) {
    return { faults: taken.map(({ provider, index }) => ({ path: [provider, index, 'name'], message: 'another key of this vendor has this name' })) };
  }
  return {
    keys: read.flatMap(({ key }) => key ?? []),
    skipped: read.flatMap(({ provider, index, key }) => (key ? [] : { provider, index })),
  };
}

/** Adds one key for each vendor that has a variable of its own and no key in the specification. */
export function withSingleKeys(specification: PoolSpecification, { mjApiKey, klingAccessKey, klingSecretKey }: SingleKeys): PoolSpecification {
  const single = (provider: string, key: string | undefined): SpecifiedKey[] => {
    if (key === undefined || specification.keys.some((known) => known.provider === provider)) return [];
    const limits = { concurrencyLimit: 1, rpmLimit: 60, priority: 0 };
    return [{ provider, name: `${provider}-1`, secret: key, ...limits, tenantScope: '*', active: true, expiresAt: null }];
  };
  const kling = klingAccessKey && klingSecretKey ? klingSecret(klingAccessKey, klingSecretKey) : undefined;
  return { ...specification, keys: [...specification.keys, ...single('legnext', mjApiKey), ...single('kling', kling)] };
}

function keyOf(provider: string, given: Entry): SpecifiedKey | undefined {
  const { name, concurrency_limit, rpm_limit, priority, tenant_scope, is_active, expires_at } = given;
  const credentials = credentialsOf(provider, given);
  if (!name || !credentials) return undefined;
  return {
    provider,
    name,
    secret: credentials,
    concurrencyLimit: Math.max(1, concurrency_limit ?? 1),
    rpmLimit: rpm_limit ?? null,
    priority: priority ?? 0,
    tenantScope: tenant_scope?.trim() || '*',
    active: is_active ?? true,
    expiresAt: expires_at ?? null,
  };
}

/** Kling has two halves; others an API key, or whatever their callers need. */
function credentialsOf(provider: string, { api_key, access_key, secret_key, key_payload }: Entry): string | undefined {
  if (provider === 'kling') return access_key && secret_key ? klingSecret(access_key, secret_key) : undefined;
  if (api_key) return api_key;
  if (typeof key_payload === 'string') return key_payload || undefined;
  return key_payload === undefined || key_payload === null ? undefined : JSON.stringify(key_payload);
}
