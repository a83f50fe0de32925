import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { socketDirectory } from '../../src/embedded/socket-directory';
import type { Api } from '../support/api';
import { startServer, temporaryDataDir } from '../support/server-process';
import { setUpOwner } from '../support/set-up';

/** The built product with its embedded parts in processes of their own, durable as `npm start` runs it. */
export interface Product {
  url: string;
  owner: Api;
  /** The product's own Postgres, by the role the product uses. */
  databaseUrl: string;
  /** Headers of a request of the owner's. */
  headers: Record<string, string>;
  stop(): Promise<void>;
}

/** No caller of a bench runs out of its budget. */
const NO_BUDGET = { KEYLEDGER_COST_BURST: '1000000000', KEYLEDGER_COST_PER_SECOND: '1000000000' };

/** Starts the product on a fresh data folder and sets up its owner. */
export async function startProduct(): Promise<Product> {
  const { dataDir, remove } = temporaryDataDir(os.tmpdir());
  const server = await startServer({ dataDir, env: NO_BUDGET });
  const owner = await setUpOwner(server);
  return {
    url: server.url,
    owner,
    databaseUrl: databaseUrlOf(dataDir),
    headers: headersOf(owner),
    async stop() {
      await server.stop();
      remove();
    },
  };
}

export function headersOf(api: Api): Record<string, string> {
  return { 'content-type': 'application/json', cookie: api.cookie() ?? '' };
}

/** The socket and the password lie in the data folder. */
function databaseUrlOf(dataDir: string): string {
  const password = readFileSync(path.join(dataDir, 'postgres.keyledger.password'), 'utf8').trim();
  return `postgresql://keyledger:${password}@localhost/keyledger?host=${encodeURIComponent(socketDirectory(dataDir))}&port=5432`;
}
