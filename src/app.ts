import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createAuth } from './auth/auth';
import { createOidcFlows } from './auth/oidc-flows';
import { createOidcProviders } from './auth/oidc-providers';
import { createSignInThrottle } from './auth/throttle';
import { createOutputKeeper } from './blobs/output-keeper';
import { createBlobStore } from './blobs/store';
import { createCommandRuntime } from './command-runtime/runtime';
import type { Configuration } from './configuration';
import type { Succession } from './embedded/instance-lock';
import type { EventStore } from './event-store/port';
import type { Setting } from './graphql/context';
import { contextMaker } from './graphql/make-context';
import { buildApiSchema } from './graphql/schema';
import { loadTrustedDocuments } from './graphql/trusted-documents';
import { createHttpServer, type HttpServer } from './http/server';
import { createIdempotencyStore } from './idempotency/store';
import { createLogos } from './images/logos';
import { removeEmptyQueues } from './jobs/empty-queues';
import { startJobs } from './jobs/worker';
import { createLiveFeeds } from './live/feeds';
import { createOutputStreams } from './live/output-streams';
import { projectRoot } from './paths';
import { migrate } from './postgres/migrations';
import { createNotifications } from './postgres/notifications';
import { createPool } from './postgres/pool';
import { bypassesRowSecurity, createTenantReads } from './postgres/tenant-reads';
import { createProjectionRuntime } from './projection-runtime/runtime';
import { readinessChecks } from './readiness';
import { applyPoolSpecification, applyTenantFiles, createKeyCare, createKeyLeases, createLogoActs, createOidcSignIn, createPictures, createRefusalRecorder, createRunCallbacks, outputFiles, EXPIRE_SLOTS, personOfToken, projectors, reactors, readTenantFiles, removeOldCallbacks, resolvers, runTasksOf, setUpOwner, startKeyPoolKeeper, tasksOf } from './registry';
import { commandMetrics } from './telemetry/command-metrics';
import { connectVendors } from './upstreams/vendors';
import { loadMasterKey } from './vault/master-key';
import { createVault } from './vault/vault';

export interface AppOptions {
  configuration: Configuration;
  databaseUrl: string;
  store: EventStore;
  log: Logger;
  /** What a process that died left, and where to leave it to the next. */
  succession?: Succession;
}

export interface App {
  http: HttpServer;
  setting: Setting;
  /** The one-time link while there is no owner. */
  setupLink(): Promise<string | undefined>;
  /** Drains and ends everything this made; the store and the database stay. */
  close(): Promise<void>;
}

/** Reads are short; whatever runs longer is given up. */
const STATEMENT_TIMEOUT_MS = 5_000;
/** Most of them wait for a vendor's next word. */
const JOBS_AT_ONCE = 64;
/** Where `104_auth_changes.sql` tells every node that somebody may have lost a right. */
const RIGHTS_CHANNEL = 'auth_changed';
/** Runs that go on, and some that only have to be tidied up after. */
const runJobsAtOnce = (global: number): number => Math.min(global + 8, 128);
/** Runs go on wherever they are cut off. */
const RUN_GRACE_MS = 500;
const REMOVE_EXPIRED_ANSWERS = 'remove-expired-answers';
const REMOVE_OLD_CALLBACKS = 'remove-old-callbacks';
const REMOVE_EMPTY_QUEUES = 'remove-empty-queues';
const CRONTAB = `17 3 * * * ${REMOVE_EXPIRED_ANSWERS}\n23 3 * * * ${REMOVE_OLD_CALLBACKS}\n*/10 * * * * ${REMOVE_EMPTY_QUEUES}\n* * * * * ${EXPIRE_SLOTS}`;

/** Puts one server together over a log and a database, wherever these are. */
export async function createApp({ configuration, databaseUrl, store, log, succession }: AppOptions): Promise<App> {
  // Read before anything is started: a faulty file then leaves nothing to undo.
  const tenantFiles = configuration.tenantsDir ? await readTenantFiles(configuration.tenantsDir) : [];
  await migrate(databaseUrl);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const pool = createPool(databaseUrl, { max: 10, applicationName: 'keyledger', statementTimeoutMs: STATEMENT_TIMEOUT_MS, log });
  const reads = createTenantReads(databaseUrl, { max: 12, applicationName: 'keyledger reads', statementTimeoutMs: STATEMENT_TIMEOUT_MS, log });
  const background = createPool(databaseUrl, { max: 24, applicationName: 'keyledger background', log });
  const notifications = createNotifications(databaseUrl, log);

  const rowSecurity = !(await bypassesRowSecurity(pool));
  if (!rowSecurity) {
    log.warn('The database role is a superuser or bypasses row-level security, so Postgres does not keep tenants apart. Use a plain role in DATABASE_URL');
  }

  const { key: masterKey, warning } = loadMasterKey({ value: configuration.masterKey, dataDir: configuration.dataDir });
  if (warning) log.warn(warning);
  const clock = (): Date => new Date();
  const vault = await createVault({ pool, masterKey });
  const auth = createAuth({
    pool, masterKey, clock, log, dailyRequests: configuration.dailyRequests, bearerTokens: configuration.bearerTokens,
    personOf: async (claims) => personOfToken({ commands, vault, auth, live }, claims),
  });
  const signIn = createSignInThrottle({ pool, masterKey, clock });
  const providers = createOidcProviders(configuration);
  const logos = createLogos(pool);
  const vendors = await connectVendors(configuration, pool);
  const setting: Setting = {
    version: readVersion(),
    simulatedLiteLlm: vendors.simulated.litellm,
    simulatedLlm: vendors.simulated.llm,
    llmModel: configuration.llm.model,
    publicUrl: configuration.publicUrl,
    signIn: { google: configuration.google !== undefined, oidc: configuration.oidc?.name, signUp: configuration.signUp },
    dailyRequests: configuration.dailyRequests,
    concurrency: configuration.concurrency,
    waiting: configuration.waiting,
  };

  const commands = createCommandRuntime({ store, metrics: commandMetrics(registry), log });
  const owner = randomUUID();
  succession?.note(owner);
  const projections = createProjectionRuntime({
    store, pool: background, notifications, vault, projectors, reactors, log, owner, gone: succession?.left,
  });
  await projections.start();
  const live = createLiveFeeds({ pool, reads, notifications, projectors, advances: projections, log });
  const outputs = createOutputStreams({ pool, notifications });
  const db = { query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) => (await pool.query<Row>(sql, [...parameters])).rows };
  const idempotency = createIdempotencyStore(db);
  const keyLeases = createKeyLeases({ commands, db, vault, notifications, clock, log });
  const tasks = tasksOf({
    commands, vault, auth, logos, outputs, clock, keyLeases, litellm: vendors.litellm, llm: vendors.llm, llmModel: configuration.llm.model, simulatedLlm: vendors.simulated.llm, log,
  });
  const jobs = await startJobs({
    pool: background, log, succession, crontab: CRONTAB, concurrency: JOBS_AT_ONCE,
    tasks: {
      ...tasks,
      [REMOVE_EXPIRED_ANSWERS]: async () => void (await idempotency.removeExpired()),
      [REMOVE_OLD_CALLBACKS]: () => removeOldCallbacks(db),
      [REMOVE_EMPTY_QUEUES]: () => removeEmptyQueues(background),
    },
  });
  const blobs = createBlobStore(configuration.blobUrl, configuration.dataDir);
  const callbacks = createRunCallbacks({ db, vault, notifications, publicUrl: placeForVendors(configuration) });
  const runJobs = await startJobs({
    pool: background, log, succession, concurrency: runJobsAtOnce(configuration.concurrency.global), graceMs: RUN_GRACE_MS,
    tasks: runTasksOf({
      commands, vault, keyLeases, keyCare: createKeyCare({ commands, clock }), generation: vendors.generation, upstreamOf: vendors.upstreamOf, callbacks,
      keeper: createOutputKeeper({ blobs, gateway: vendors.gateway, log }), pictureOf: createPictures({ db, blobs }), concurrency: configuration.concurrency, clock, log,
    }),
  });
  const refusals = createRefusalRecorder({ commands, vault, log, clock });
  const keeper = startKeyPoolKeeper({ commands, db, suspended: auth.standings.suspendedTenants, log });
  for (const { file, changes } of await applyTenantFiles({ commands, auth, logos }, tenantFiles)) {
    if (changes.length > 0) log.info({ file, changes }, 'A tenant was configured by its file');
  }
  await applyPoolSpecification({ commands, vault, db, log, clock }, configuration.keyPools);
  await makeFirstOwner();

  const http = await createHttpServer({
    schema: buildApiSchema(resolvers),
    makeContext: contextMaker({
      commands, db: (principal) => reads.of(principal.kind === 'anonymous' ? undefined : principal.tenantId), dbOfServer: db, live, outputs, auth, signIn, vault, idempotency, refusals, setting,
      projectionStatus: () => projections.status(), now: clock, newId: randomUUID,
    }),
    auth, refusals, log, metrics: registry, callbacks,
    oidcSignIn: createOidcSignIn({ providers, flows: createOidcFlows({ pool, clock }), signUp: configuration.oidcSignUp, log }),
    logos: createLogoActs({ commands, logos }),
    runOutputs: { files: outputFiles, blobs },
    readiness: readinessChecks({ store, pool, rowSecurity, projections }),
    config: {
      publicUrl: configuration.publicUrl,
      allowedOrigins: configuration.allowedOrigins,
      trustProxy: configuration.trustProxy,
      introspection: configuration.introspection,
      trustedDocuments: loadTrustedDocuments(path.join(projectRoot, 'schema', 'operations.json')),
      trustedDocumentsOnly: configuration.trustedDocumentsOnly,
      clientDirectory: path.join(projectRoot, 'dist', 'client'),
      costBudget: configuration.costBudget,
    },
  });

  const rightsChanged = (): void => {
    auth.forget();
    http.judgeSessions();
  };
  notifications.listen(RIGHTS_CHANNEL, { message: rightsChanged, gap: rightsChanged });

  async function makeFirstOwner(): Promise<void> {
    if (!configuration.firstOwner) return;
    const { email, password } = configuration.firstOwner;
    const token = await auth.setup.token();
    if (!token) return;
    const [commandId, userId] = [randomUUID(), randomUUID()];
    await auth.passwords.set(userId, password);
    if (!(await auth.setup.consume(token))) return;
    const command = { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: 'start' }, tenant: '' } as const;
    const outcome = await setUpOwner({ commands, vault, auth }, command, {
      tenantName: 'Main', userId, email, displayName: email.split('@')[0] ?? email,
    });
    if (!outcome.accepted) throw new Error(`The first owner was refused: ${outcome.refusal.message}`);
    log.info('The first owner was made from ADMIN_USER');
  }

  return {
    http,
    setting,
    async setupLink() {
      const token = await auth.setup.token();
      return token && `${configuration.publicUrl}/setup?token=${encodeURIComponent(token)}`;
    },
    async close() {
      await http.close();
      await live.close();
      await outputs.close();
      await keeper.stop();
      // At once with the jobs, before these are cut off: what waits there goes on by another node, and is not given up.
      await Promise.all([jobs.stop(), runJobs.stop(), keyLeases.close()]);
      await blobs.close();
      await commands.close();
      await auth.close();
      await projections.stop();
      await vendors.close();
      await providers.close();
      await notifications.stop();
      await Promise.all([reads.close(), pool.end(), background.end()]);
    },
  };
}

/** Where vendors can report to: nobody but those on this machine reaches a loopback address. */
function placeForVendors({ publicUrl, legnext }: Configuration): string | undefined {
  const isLocal = (url: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
  return isLocal(publicUrl) && !isLocal(legnext.url) ? undefined : publicUrl;
}

function readVersion(): string {
  const file = path.join(projectRoot, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : 'unknown';
}
