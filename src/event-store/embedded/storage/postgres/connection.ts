import { Client, DatabaseError } from 'pg';

/** SQLSTATE classes that say the connection or the server is going away. */
const GOING_AWAY = ['08', '57P'];

/** Plans must not depend on statistics that are not there yet: every query here has exactly one index to use, in its order. */
const UNWANTED_PLANS = ['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin', 'jit'];
const SESSION_SETTINGS = UNWANTED_PLANS.map((name) => `-c ${name}=off`).join(' ');

/**
 * Connects with the settings of this store.
 * @param onEnd the connection ended, whoever ended it; also when it never came about
 */
export async function connect(url: string, role: 'writer' | 'reader', onEnd: (client: Client) => void): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: `event-store-${role}`, options: SESSION_SETTINGS });
  // Without a listener a broken idle connection would end the process; `end` follows and says the same.
  client.on('error', () => {});
  client.once('end', () => onEnd(client));
  await client.connect();
  return client;
}

/** Whether an error leaves open what the server did: the connection broke, or the server is shutting down. */
export function isConnectionFailure(error: unknown): boolean {
  const code = error instanceof DatabaseError ? error.code : undefined;
  return code === undefined || GOING_AWAY.some((prefix) => code.startsWith(prefix));
}
