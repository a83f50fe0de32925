import type { SqlPool } from '../vault/sql-pool';
import type { ClientKeys } from './port';
import type { Principal } from './principal';
import { refuseCredential } from './refuse';

export interface JudgedClientKeys extends ClientKeys {
  /** Whoever the key belongs to. @throws RefusedError E4011 */
  judge(key: string): Promise<Principal>;
}

export function createClientKeys(_options: { pool: SqlPool; masterKey: Buffer; clock: () => Date; forget(): void }): JudgedClientKeys {
  const missing = (): never => { throw new Error('to be built'); };
  return { judge: async () => refuseCredential(), generate: missing, fingerprint: missing, keep: missing, revoke: missing, usesOf: missing, flush: async () => {} };
}
