import './production';
import 'reflect-metadata';
import net from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { App } from './app';
import { ConfigurationError, readConfiguration, type Configuration } from './configuration';
import { DataDirectoryInUse, lockDataDirectory } from './embedded/instance-lock';
import { startEmbeddedParts, type EmbeddedParts } from './embedded/parts';
import { createLogger } from './http/log';
import { MasterKeyError } from './vault/master-key';

/** Seconds after which a stop that hangs is given up. */
const STOP_SECONDS = 20;

async function start(): Promise<void> {
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (let close = opened.pop(); close; close = opened.pop()) await close();
  };
  stopOnSignals(closeAll);
  try {
    await run(readConfiguration(process.env), opened);
  } catch (error) {
    console.error(isExpected(error) ? `\n${(error as Error).message}\n` : error);
    await closeAll().catch((failure: unknown) => console.error(failure));
    process.exit(1);
  }
}

/** Faults that the person who started us can mend: they get a sentence, not a stack. */
class StartRefused extends Error {}

function isExpected(error: unknown): boolean {
  return [StartRefused, ConfigurationError, DataDirectoryInUse, MasterKeyError].some((kind) => error instanceof kind);
}

/** @param opened gets a function for everything that is to be closed at the end, the last one first */
async function run(configuration: Configuration, opened: (() => Promise<void>)[]): Promise<void> {
  const log = createLogger(configuration.logLevel);
  await refuseTakenPort(configuration);
  const lock = lockDataDirectory(configuration.dataDir);
  opened.push(async () => lock.unlock());
  const [parts, { createApp }, { createEventStore }] = await Promise.all([
    configuration.databaseUrl ? undefined : startEmbeddedParts(configuration, (message) => log.warn(message)),
    // Loading them takes a second: not before a refusal, and while Postgres is on its way.
    nextTurn().then(() => import('./app.js')),
    nextTurn().then(() => import('./event-store/esdb.js')),
  ]);
  if (parts) opened.push(() => parts.stop());
  const report = (trouble: unknown): void => log.warn({ error: trouble }, 'The event store was in trouble');
  const store = createEventStore(parts ? { socketPath: parts.eventStoreSocket, report } : { url: configuration.eventStoreUrl!, report });
  opened.push(() => store.close());
  const app = await createApp({ configuration, databaseUrl: parts?.databaseUrl ?? configuration.databaseUrl!, store, log, succession: lock });
  opened.push(() => app.close());
  await app.http.listen({ host: configuration.host, port: configuration.port });
  console.log(await banner(configuration, app, parts));
}

/** Asked before anything is started, so that the answer is quick and nothing has to be undone. */
async function refuseTakenPort({ host, port }: Configuration): Promise<void> {
  const probe = net.createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE'
        ? new StartRefused(`Port ${port} is taken on ${host}. Stop the program that uses it, or choose another: PORT=${port + 1} npm start`)
        : new StartRefused(`Cannot listen on ${host}:${port}: ${error.message}`)));
    probe.listen(port, host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

function stopOnSignals(close: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      setTimeout(() => process.exit(1), STOP_SECONDS * 1_000).unref();
      close().then(() => process.exit(0), (error: unknown) => {
        console.error(error);
        process.exit(1);
      });
    });
  }
}

async function banner(configuration: Configuration, { setting, setupLink }: App, parts: EmbeddedParts | undefined): Promise<string> {
  const simulated = [setting.simulatedLiteLlm && 'LiteLLM', setting.simulatedLlm && 'the LLM'].filter(Boolean).join(' and ');
  const link = await setupLink();
  return [
    '',
    `Keyledger is ready on ${configuration.publicUrl}`,
    ...(link ? [`  Set up the first owner here, once: ${link}`] : []),
    ...(parts ? [`  Data lies in ${configuration.dataDir}`] : []),
    ...(parts?.eventStoreAddress ? [`  The event store also listens on ${parts.eventStoreAddress}`] : []),
    ...(simulated ? [`  Simulated: ${simulated}`] : []),
    '',
  ].join('\n');
}

void start();
