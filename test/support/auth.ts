import { randomBytes } from 'node:crypto';
import { createAuth, type AuthOptions } from '../../src/auth/auth';
import { refuseCredential } from '../../src/auth/refuse';
import { silentLog } from '../../src/postgres/log';

/** Authentication of a server that knows no tokens of other systems; `given` replaces what matters to the test. */
export function authOn(pool: AuthOptions['pool'], given: Partial<AuthOptions> = {}): ReturnType<typeof createAuth> {
  return createAuth({
    pool, masterKey: randomBytes(32), clock: () => new Date(), log: silentLog, dailyRequests: 100, bearerTokens: undefined,
    personOf: async () => refuseCredential(), ...given,
  });
}
