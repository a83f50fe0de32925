import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DataDirectoryInUse, lockDataDirectory } from '../embedded/instance-lock';
import { startEmbeddedPostgres } from '../embedded/postgres';
import { networkAccess, type NetworkAccess } from '../event-store/embedded/network-access';
import { startEventStoreServer } from '../event-store/embedded/server';
import { createPostgresStorage } from '../event-store/embedded/storage/postgres';

/** `npm run event-store`: the embedded event store alone, with its own Postgres, for any EventStoreDB client. */

const USAGE = `Usage: npm run event-store -- --data-dir DIR --port N
         [--cert FILE --key FILE] [--user NAME --password WORD] [--max-append-size BYTES]

  --data-dir         folder of the log, made when it is not there
  --port             port on 127.0.0.1; 0 takes a free one
  --cert, --key      TLS certificate and key (PEM); without them one for localhost is made and kept in the data folder
  --user             user name of clients (admin)
  --password         password of clients; without it one is made and kept in the data folder
  --max-append-size  most bytes of one append (1048576)`;

/** Exit codes: wrong usage, and a failure while running. */
const WRONG_USAGE = 2;
const FAILED = 1;

interface Settings {
  dataDir: string;
  port: number;
  certFile?: string;
  keyFile?: string;
  user?: string;
  password?: string;
  maxAppendSize?: number;
}

async function main(): Promise<void> {
  const { dataDir, port, maxAppendSize, ...given } = settings(process.argv.slice(2));
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const { unlock } = lockDataDirectory(dataDir);
  const access = await networkAccess(dataDir, given);
  const postgres = await startEmbeddedPostgres({ dataDir });
  const fail = (message: string): never => {
    console.error(message);
    process.kill(postgres.pid, 'SIGINT');
    unlock();
    process.exit(FAILED);
  };
  const server = await startEventStoreServer({
    store: createPostgresStorage({ url: await postgres.databaseUrl('eventstore') }),
    listen: {
      host: '127.0.0.1',
      port,
      tls: { cert: readFileSync(access.certFile, 'utf8'), key: readFileSync(access.keyFile, 'utf8') },
      auth: { user: access.user, password: access.password },
    },
    maxAppendSize,
    onFailure: (error) => console.error(`Event store: ${error instanceof Error ? error.message : String(error)}`),
    onFatal: (error) => fail(error.message),
  }).catch((error: Error) => fail(error.message));

  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    await server.close();
    await postgres.stop();
    unlock();
    process.exit(0);
  };
  process.on('SIGINT', () => void end());
  process.on('SIGTERM', () => void end());
  void postgres.exited.then(() => {
    if (!ending) fail('Postgres ended. Start the event store again; what was acknowledged is there.');
  });
  console.log(readyLine(server.address, access));
}

/** One line: the address as a client takes it, and where the password is (never the password). */
function readyLine(address: string, { certFile, user, passwordFile }: NetworkAccess): string {
  const password = passwordFile ? `password in ${passwordFile}` : 'password as given';
  return `Event store ready: esdb://${address}?tls=true&tlsCAFile=${certFile} (user ${user}, ${password})`;
}

/** Ends the process with the usage when the arguments make no sense. */
function settings(argv: string[]): Settings {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        'data-dir': { type: 'string' }, port: { type: 'string' }, cert: { type: 'string' }, key: { type: 'string' },
        user: { type: 'string' }, password: { type: 'string' }, 'max-append-size': { type: 'string' },
      },
    });
    const dataDir = values['data-dir'];
    if (!dataDir || values.port === undefined) throw new Error('--data-dir and --port are needed.');
    if ((values.cert === undefined) !== (values.key === undefined)) throw new Error('--cert and --key belong together.');
    const maxAppendSize = values['max-append-size'];
    return {
      dataDir: path.resolve(dataDir),
      port: wholeNumber('--port', values.port, 65_535),
      certFile: values.cert,
      keyFile: values.key,
      user: values.user,
      password: values.password,
      maxAppendSize: maxAppendSize === undefined ? undefined : wholeNumber('--max-append-size', maxAppendSize, 16 * 1024 * 1024),
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return process.exit(WRONG_USAGE);
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) throw new Error(`${name} must be a whole number up to ${most}.`);
  return value;
}

main().catch((error: unknown) => {
  const inUse = error instanceof DataDirectoryInUse;
  if (inUse) console.error(`Another process (${error.pid}) is using ${error.dataDir}. Stop it, or give another --data-dir.`);
  else console.error(error instanceof Error ? error.message : String(error));
  process.exit(FAILED);
});
