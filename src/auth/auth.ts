import type { SqlPool } from '../vault/sql-pool';
import { createPasswords } from './passwords';
import type { Auth } from './port';
import { createSessions } from './sessions';
import { createSetup } from './setup';
import { setStanding } from './standing';

/**
 * Authentication on the tables of `100_auth.sql`.
 * @param masterKey 32 bytes from `loadMasterKey`; the password pepper and the set-up token derive from it
 */
export function createAuth({ pool, masterKey, clock }: { pool: SqlPool; masterKey: Buffer; clock: () => Date }): Auth {
  const passwords = createPasswords({ pool, masterKey, clock });
  const sessions = createSessions({ pool, clock });
  const setup = createSetup({ pool, masterKey, clock });
  return {
    async setPassword(userId, password) {
      await passwords.set(userId, password);
      sessions.forget();
    },
    verifyPassword: passwords.verify,
    openSession: sessions.open,
    authenticate: sessions.authenticate,
    closeSession: sessions.close,
    async setStanding(userId, standing) {
      await setStanding(pool, userId, standing);
      sessions.forget();
    },
    setupToken: setup.token,
    consumeSetupToken: setup.consume,
  };
}
