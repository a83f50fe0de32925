import path from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { readPoolSpecification, withSingleKeys, type PoolSpecification } from '../schema/key-pool/specification';
import { brokenRule } from './auth/password-rules';
import { parseBlobUrl } from './blobs/blob-url';
import type { ConcurrencyLimits, WaitLimits } from './graphql/context';

const port = z.coerce.number().int().min(0).max(65_535);
const url = (...schemes: string[]) =>
  z.string().refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}://`)), `must start with ${schemes.map((s) => `${s}://`).join(' or ')}`);
const origins = z.string().transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine((list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), 'must be origins such as https://tools.example.org');
const networks = z.string().transform((text) => text.split(',').map((place) => place.trim()))
  .refine((list) => list.every(isPlace), 'must be addresses or networks such as 10.0.0.0/8');
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const adminPassword = z.string().refine((text) => !brokenRule(text), { error: ({ input }) => brokenRule(String(input))?.message });
/** A secret for signatures: long, and none that stands in somebody's documentation. */
const secret = z.string().min(32, 'must have 32 characters or more')
  .refine((text) => new Set(text).size >= 10 && !/change.?me|example|secret|placeholder|your[-_]/i.test(text), 'is a known example or too simple: use openssl rand -base64 32');
const keyPools = z.string().transform((text, context): PoolSpecification => {
  const read = readPoolSpecification(text);
  if ('keys' in read) return read;
  for (const { path: place, message } of read.faults) context.issues.push({ code: 'custom', input: undefined, path: place, message });
  return z.NEVER;
});
const blobUrl = z.string().superRefine((text, context) => {
  try {
    parseBlobUrl(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});
const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** One variable: how it is read, and the words of its row in the README. */
interface Variable<Schema extends z.ZodType> {
  schema: Schema;
  fallback: string;
  about: string;
}

const variable = <Schema extends z.ZodType>(schema: Schema, fallback: string, about: string): Variable<Schema> => ({ schema, fallback, about });

/** Every environment variable the product reads. The README's table is made from this. */
export const variables = {
  PORT: variable(port.default(4000), '4000', 'Port of the dashboard and the API.'),
  HOST: variable(z.string().min(1).default('127.0.0.1'), '127.0.0.1', 'Address to listen on.'),
  KEYLEDGER_DATA_DIR: variable(z.string().min(1).default('.data'), '.data', 'Where the embedded parts keep their data, keys and sockets.'),
  KEYLEDGER_PUBLIC_URL: variable(url('http', 'https').optional(), 'http://HOST:PORT', 'Address people open; decides links, cookies and the allowed Origin.'),
  KEYLEDGER_ALLOWED_ORIGINS: variable(origins.default([]), 'none', 'Further origins whose pages may call the API, separated by commas.'),
  KEYLEDGER_MASTER_KEY: variable(z.string().min(1).optional(), 'made on first start', 'Master key of the vault, 32 bytes as base64 or hex.'),
  DATABASE_URL: variable(url('postgres', 'postgresql').optional(), 'embedded Postgres', 'Postgres 15 or later for views, vault, sessions and jobs.'),
  EVENTSTORE_URL: variable(url('esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover').optional(), 'embedded event store', 'EventStoreDB or KurrentDB that holds the log.'),
  KEYLEDGER_EVENTSTORE_PORT: variable(port.optional(), 'socket only', 'Also serve the embedded event store on this loopback port, by TLS with a generated password.'),
  ADMIN_USER: variable(z.email().optional(), 'none', 'E-mail address of the first owner, made only when there is none. Needs ADMIN_PASS.'),
  ADMIN_PASS: variable(adminPassword.optional(), 'none', 'Password of that first owner.'),
  KEYLEDGER_SIGN_UP: variable(flag.default(false), 'false', 'Whether strangers may make themselves an account in the default tenant.'),
  KEYLEDGER_DAILY_REQUESTS: variable(count(0, 10_000).default(100), '100', 'Requests a day of people for whom nothing else is set.'),
  KEYLEDGER_TENANTS_DIR: variable(z.string().min(1).optional(), 'none', 'Folder whose *.json files, one a tenant, are applied at every start.'),
  KEYLEDGER_TRUST_PROXY: variable(networks.optional(), 'none', 'Proxies whose X-Forwarded-For is believed: addresses and networks, separated by commas.'),
  NEXTAUTH_SECRET: variable(secret.optional(), 'none', 'Secret with which a NextAuth front end signs HS256 tokens; unset, such tokens are refused.'),
  NEXTAUTH_ISSUER: variable(z.string().min(1).optional(), 'any', 'Issuer that such tokens must name.'),
  NEXTAUTH_AUDIENCE: variable(z.string().min(1).optional(), 'any', 'Audience that such tokens must name.'),
  GOOGLE_CLIENT_ID: variable(z.string().min(1).optional(), 'none', 'Client of Google sign-in. Needs GOOGLE_CLIENT_SECRET.'),
  GOOGLE_CLIENT_SECRET: variable(z.string().min(1).optional(), 'none', 'Its secret.'),
  GOOGLE_HOSTED_DOMAIN: variable(z.string().min(1).optional(), 'any', 'Google Workspace domain that people must belong to.'),
  OIDC_ISSUER: variable(url('http', 'https').optional(), 'none', 'Any OpenID Connect provider to sign in with. Needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.'),
  OIDC_CLIENT_ID: variable(z.string().min(1).optional(), 'none', 'Client at that provider.'),
  OIDC_CLIENT_SECRET: variable(z.string().min(1).optional(), 'none', 'Its secret.'),
  OIDC_NAME: variable(z.string().min(1).max(40).default('OpenID Connect'), 'OpenID Connect', 'What its button says.'),
  KEYLEDGER_OIDC_SIGN_UP: variable(flag.default(false), 'false', 'Whether somebody unknown who signs in with Google or OpenID Connect gets an account in the default tenant.'),
  KEYLEDGER_BLOB_URL: variable(blobUrl.optional(), '`blobs` in the data directory', 'Where the files that runs made are kept: `file:///folder` or `s3://bucket/prefix?region=…&endpoint=…`.'),
  LITELLM_URL: variable(url('http', 'https').optional(), 'simulated', 'LiteLLM proxy in which virtual keys live.'),
  LITELLM_MASTER_KEY: variable(z.string().min(1).optional(), 'none', 'Master key of that proxy. Needed with LITELLM_URL.'),
  LITELLM_TIMEOUT: variable(count(1, 600).default(10), '10', 'Seconds to wait for one LiteLLM call.'),
  LITELLM_MAX_RETRIES: variable(count(0, 20).default(3), '3', 'How often a failed LiteLLM call is repeated.'),
  LITELLM_RETRY_DELAY: variable(z.coerce.number().min(0).max(600).default(1), '1', 'Seconds before the first repetition; doubles each time.'),
  LLM_BASE_URL: variable(url('http', 'https').optional(), 'simulated', 'OpenAI-compatible endpoint that answers chats, for example ending in /v1.'),
  LLM_API_KEY: variable(z.string().min(1).optional(), 'none', 'Key for that endpoint.'),
  LLM_MODEL: variable(z.string().min(1).default('gpt-4o-mini'), 'gpt-4o-mini', 'Model that answers when a chat names none.'),
  LLM_IDLE_TIMEOUT: variable(count(1, 600).default(60), '60', 'Seconds of silence after which an answer counts as failed.'),
  LEGNEXT_URL: variable(url('http', 'https').default('https://api.legnext.ai/api/v1'), 'https://api.legnext.ai/api/v1', 'LegNext (Midjourney), which makes images; its keys live in the key pool `legnext`.'),
  KLING_URL: variable(url('http', 'https').default('https://api.klingai.com/v1'), 'https://api.klingai.com/v1', 'Kling, which makes images and videos; its keys live in the key pool `kling`.'),
  KEY_POOL_JSON: variable(keyPools.default({ keys: [], skipped: [] }), 'none', 'Provider keys of the default tenant as JSON, applied at every start: docs/key-pools.md.'),
  MJ_API_KEY: variable(z.string().min(1).optional(), 'none', 'LegNext key, when KEY_POOL_JSON has none.'),
  KLING_ACCESS_KEY: variable(z.string().min(1).optional(), 'none', 'Kling access key, when KEY_POOL_JSON has no key of Kling. Needs KLING_SECRET_KEY.'),
  KLING_SECRET_KEY: variable(z.string().min(1).optional(), 'none', 'Its secret key.'),
  KEYLEDGER_INTROSPECTION: variable(flag.default(true), 'true', 'Whether GraphQL introspection is answered; set to false in production.'),
  KEYLEDGER_TRUSTED_DOCUMENTS_ONLY: variable(flag.default(false), 'false', 'Refuse every operation that is not in schema/operations.json.'),
  USER_MAX_CONCURRENCY: variable(count(0, 1_000).default(1), '1', 'Most pieces of image and video work of one user at once.'),
  GLOBAL_MAX_CONCURRENCY: variable(count(0, 1_000).default(4), '4', 'Most pieces of image and video work of everybody at once.'),
  ACTIVE_JOB_TTL_SEC: variable(count(30, 86_400).default(1_200), '1200', 'Seconds for which such work counts when nothing is heard of it.'),
  KEYLEDGER_CALLER_MAX_WAITING: variable(count(1, 10_000).default(1_000), '1000', 'Most requests of one caller that wait for a lease in one key pool.'),
  KEYLEDGER_TENANT_MAX_WAITING: variable(count(1, 10_000).default(2_500), '2500', 'Most requests of one tenant that wait for a lease in one key pool.'),
  KEYLEDGER_COST_BURST: variable(count(1, 1_000_000_000).default(20_000), '20000', 'Points of GraphQL cost one caller may spend at once.'),
  KEYLEDGER_COST_PER_SECOND: variable(count(1, 1_000_000_000).default(1_000), '1000', 'Points that come back to a caller each second.'),
  KEYLEDGER_LOG_LEVEL: variable(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'), 'info', 'Least severe log line to print.'),
} as const;

const environment = z.object(
  Object.fromEntries(Object.entries(variables).map(([name, { schema }]) => [name, schema])) as {
    [Name in keyof typeof variables]: (typeof variables)[Name]['schema'];
  },
);

export interface Configuration {
  port: number;
  host: string;
  dataDir: string;
  publicUrl: string;
  allowedOrigins: readonly string[];
  masterKey: string | undefined;
  databaseUrl: string | undefined;
  eventStoreUrl: string | undefined;
  eventStorePort: number | undefined;
  firstOwner: { email: string; password: string } | undefined;
  signUp: boolean;
  dailyRequests: number;
  tenantsDir: string | undefined;
  trustProxy: string[] | undefined;
  bearerTokens: { secret: string; issuer: string | undefined; audience: string | undefined } | undefined;
  google: { clientId: string; clientSecret: string; hostedDomain: string | undefined } | undefined;
  oidc: { issuer: string; clientId: string; clientSecret: string; name: string } | undefined;
  oidcSignUp: boolean;
  liteLlm: { url: string | undefined; masterKey: string | undefined; timeoutMs: number; maxRetries: number; retryDelayMs: number };
  llm: { baseUrl: string | undefined; apiKey: string | undefined; model: string; idleTimeoutMs: number };
  legnext: { url: string };
  kling: { url: string };
  /** As `createBlobStore` takes it. */
  blobUrl: string | undefined;
  /** How much AI work may go on at once. */
  concurrency: ConcurrencyLimits;
  /** How many requests may wait in one key pool. */
  waiting: WaitLimits;
  /** Provider keys that the server brings along. */
  keyPools: PoolSpecification;
  /** Points of GraphQL cost a caller may spend at once, and how many come back each second. */
  costBudget: { burst: number; perSecond: number };
  introspection: boolean;
  trustedDocumentsOnly: boolean;
  logLevel: string;
}

/** All that is wrong with the environment, one line a fault; values are never repeated. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/**
 * Reads the environment; an empty variable counts as unset.
 * @throws ConfigurationError with every fault at once
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const set = Object.fromEntries(Object.keys(variables).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const parsed = environment.safeParse(set);
  const faults = [...unknownNames(env), ...(parsed.success ? contradictions(parsed.data) : parsed.error.issues.map(describe))];
  if (!parsed.success || faults.length > 0) throw new ConfigurationError(faults);
  const v = parsed.data;
  return {
    port: v.PORT,
    host: v.HOST,
    dataDir: path.resolve(v.KEYLEDGER_DATA_DIR),
    publicUrl: (v.KEYLEDGER_PUBLIC_URL ?? `http://${isLoopback(v.HOST) ? 'localhost' : v.HOST}:${v.PORT}`).replace(/\/$/, ''),
    allowedOrigins: v.KEYLEDGER_ALLOWED_ORIGINS,
    masterKey: v.KEYLEDGER_MASTER_KEY,
    databaseUrl: v.DATABASE_URL,
    eventStoreUrl: v.EVENTSTORE_URL,
    eventStorePort: v.KEYLEDGER_EVENTSTORE_PORT,
    firstOwner: v.ADMIN_USER && v.ADMIN_PASS ? { email: v.ADMIN_USER, password: v.ADMIN_PASS } : undefined,
    signUp: v.KEYLEDGER_SIGN_UP,
    dailyRequests: v.KEYLEDGER_DAILY_REQUESTS,
    tenantsDir: v.KEYLEDGER_TENANTS_DIR && path.resolve(v.KEYLEDGER_TENANTS_DIR),
    trustProxy: v.KEYLEDGER_TRUST_PROXY,
    bearerTokens: v.NEXTAUTH_SECRET ? { secret: v.NEXTAUTH_SECRET, issuer: v.NEXTAUTH_ISSUER, audience: v.NEXTAUTH_AUDIENCE } : undefined,
    google: v.GOOGLE_CLIENT_ID && v.GOOGLE_CLIENT_SECRET
      ? { clientId: v.GOOGLE_CLIENT_ID, clientSecret: v.GOOGLE_CLIENT_SECRET, hostedDomain: v.GOOGLE_HOSTED_DOMAIN } : undefined,
    oidc: v.OIDC_ISSUER && v.OIDC_CLIENT_ID && v.OIDC_CLIENT_SECRET
      ? { issuer: v.OIDC_ISSUER, clientId: v.OIDC_CLIENT_ID, clientSecret: v.OIDC_CLIENT_SECRET, name: v.OIDC_NAME } : undefined,
    oidcSignUp: v.KEYLEDGER_OIDC_SIGN_UP,
    liteLlm: {
      url: v.LITELLM_URL,
      masterKey: v.LITELLM_MASTER_KEY,
      timeoutMs: v.LITELLM_TIMEOUT * 1_000,
      maxRetries: v.LITELLM_MAX_RETRIES,
      retryDelayMs: v.LITELLM_RETRY_DELAY * 1_000,
    },
    llm: { baseUrl: v.LLM_BASE_URL, apiKey: v.LLM_API_KEY, model: v.LLM_MODEL, idleTimeoutMs: v.LLM_IDLE_TIMEOUT * 1_000 },
    blobUrl: v.KEYLEDGER_BLOB_URL,
    legnext: { url: v.LEGNEXT_URL },
    kling: { url: v.KLING_URL },
    concurrency: { user: v.USER_MAX_CONCURRENCY, global: v.GLOBAL_MAX_CONCURRENCY, ttlMs: v.ACTIVE_JOB_TTL_SEC * 1_000 },
    waiting: { caller: v.KEYLEDGER_CALLER_MAX_WAITING, tenant: v.KEYLEDGER_TENANT_MAX_WAITING },
    keyPools: withSingleKeys(v.KEY_POOL_JSON, { mjApiKey: v.MJ_API_KEY, klingAccessKey: v.KLING_ACCESS_KEY, klingSecretKey: v.KLING_SECRET_KEY }),
    costBudget: { burst: v.KEYLEDGER_COST_BURST, perSecond: v.KEYLEDGER_COST_PER_SECOND },
    introspection: v.KEYLEDGER_INTROSPECTION,
    trustedDocumentsOnly: v.KEYLEDGER_TRUSTED_DOCUMENTS_ONLY,
    logLevel: v.KEYLEDGER_LOG_LEVEL,
  };
}

/**
 * Whether it is an address or a network by which a hop can be known. `1` and `0x7f` are addresses only to a parser, and
 * a network of IPv4 addresses in IPv6 clothes holds no hop: those are known by their IPv4 address.
 */
function isPlace(place: string): boolean {
  const { IPv4, IPv6 } = ipaddr;
  if (IPv4.isValidFourPartDecimal(place) || IPv4.isValidCIDRFourPartDecimal(place)) return true;
  return IPv6.isValid(place) || (IPv6.isValidCIDR(place) && !IPv6.parseCIDR(place)[0].isIPv4MappedAddress());
}

function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === '::1' || host === '0.0.0.0' || host === 'localhost';
}

function isIssuer(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function describe(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')}: ${issue.message}`;
}

/** A misspelt variable would otherwise be ignored in silence. */
function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('KEYLEDGER_') && !Object.hasOwn(variables, name))
    .map((name) => `${name}: there is no such variable`);
}

function contradictions(v: z.infer<typeof environment>): string[] {
  const faults: string[] = [];
  if (Boolean(v.ADMIN_USER) !== Boolean(v.ADMIN_PASS)) faults.push('ADMIN_USER and ADMIN_PASS: set both or neither');
  if (Boolean(v.GOOGLE_CLIENT_ID) !== Boolean(v.GOOGLE_CLIENT_SECRET)) faults.push('GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET: set both or neither');
  const oidc = [v.OIDC_ISSUER, v.OIDC_CLIENT_ID, v.OIDC_CLIENT_SECRET].filter(Boolean).length;
  if (oidc !== 0 && oidc !== 3) faults.push('OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET: set all or none');
  if (v.OIDC_ISSUER && !isIssuer(v.OIDC_ISSUER)) faults.push('OIDC_ISSUER: must be an https:// address, or an http:// one on this machine');
  if ((v.NEXTAUTH_ISSUER || v.NEXTAUTH_AUDIENCE) && !v.NEXTAUTH_SECRET) faults.push('NEXTAUTH_SECRET: needed with NEXTAUTH_ISSUER or NEXTAUTH_AUDIENCE');
  if (v.LITELLM_URL && !v.LITELLM_MASTER_KEY) faults.push('LITELLM_MASTER_KEY: needed with LITELLM_URL');
  if (v.LLM_BASE_URL && !v.LLM_API_KEY) faults.push('LLM_API_KEY: needed with LLM_BASE_URL');
  if (Boolean(v.KLING_ACCESS_KEY) !== Boolean(v.KLING_SECRET_KEY)) faults.push('KLING_ACCESS_KEY and KLING_SECRET_KEY: set both or neither');
  if (v.EVENTSTORE_URL && v.KEYLEDGER_EVENTSTORE_PORT !== undefined) faults.push('KEYLEDGER_EVENTSTORE_PORT: has no meaning with EVENTSTORE_URL');
  if (v.EVENTSTORE_URL && !v.DATABASE_URL) faults.push('DATABASE_URL: needed with EVENTSTORE_URL, so that every node reads the same views');
  if (v.DATABASE_URL && !v.EVENTSTORE_URL) faults.push('EVENTSTORE_URL: needed with DATABASE_URL, because the embedded log serves one machine only');
  if (v.EVENTSTORE_URL && !v.KEYLEDGER_MASTER_KEY) faults.push('KEYLEDGER_MASTER_KEY: needed with EVENTSTORE_URL, so that every node opens the same vault');
  return faults;
}

/** The README's table of variables, in Markdown. */
export function configurationTable(): string {
  const rows = Object.entries(variables).map(([name, { fallback, about }]) => `| \`${name}\` | ${fallback} | ${about} |`);
  return ['| variable | default | what it does |', '|---|---|---|', ...rows].join('\n');
}
