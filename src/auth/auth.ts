import { createHash } from 'node:crypto';
import { createLru } from '../lru';
import type { Log } from '../postgres/log';
import type { SqlPool } from '../vault/sql-pool';
import { createBearerTokens, type BearerTokenOptions } from './bearer-tokens';
import { createClientKeys } from './client-keys';
import type { Credential } from './credential';
import { createIdentities } from './identities';
import { createPasswordLinks } from './password-links';
import { createPasswords } from './passwords';
import { principalOf, type PersonRow } from './people';
import type { Auth, TokenClaims } from './port';
import { ANONYMOUS, type Principal } from './principal';
import { refuseCredential, refuseInactive } from './refuse';
import { createSessions } from './sessions';
import { createSetup } from './setup';
import { createStandings } from './standings';
import { createUsage } from './usage';

/** How long an answer may be reused, hence how long another node may still honour an ended session or an old role; sockets look every 500 ms, and together it stays below 1 s. */
const MAX_ANSWER_AGE_MS = 400;
const MAX_CACHED_ANSWERS = 10_000;

/** All that a token is judged by: whether it was revoked, and whose account elsewhere it speaks of, if anybody's. */
const JUDGE_TOKEN = `
  select r.digest is not null as revoked, i.user_id is not null as linked, p.*
  from (values ($1, $2)) as t (token, identity)
  left join auth_revoked_tokens r on r.digest = t.token
  left join auth_identities i on i.digest = t.identity and i.user_id is not null
  left join auth_people p on p.user_id = i.user_id and p.active`;

/** Without a person where nobody is linked, and where that person is not active. */
type JudgedTokenRow = { revoked: boolean; linked: boolean } & (PersonRow | { user_id: null });

export interface AuthOptions {
  pool: SqlPool;
  /** 32 bytes from `loadMasterKey`: peppers and lookup keys derive from it. */
  masterKey: Buffer;
  clock: () => Date;
  log: Log;
  /** Requests a day of people for whom nothing else is set. */
  dailyRequests: number;
  /** Undefined: tokens of other systems are refused. */
  bearerTokens: BearerTokenOptions | undefined;
  /** Finds or makes the person that a trusted token speaks of, which no account elsewhere leads to yet. @throws RefusedError E4011 */
  personOf(claims: TokenClaims): Promise<{ userId: string }>;
}

/** Authentication on the `auth_` tables. */
export function createAuth({ pool, masterKey, clock, log, dailyRequests, bearerTokens, personOf }: AuthOptions): Auth {
  const answers = createLru<string, Promise<Principal>>(MAX_CACHED_ANSWERS, MAX_ANSWER_AGE_MS, () => clock().getTime());
  const forget = (): void => answers.clear();
  const sessions = createSessions({ pool, clock, forget });
  const passwords = createPasswords({ pool, masterKey, clock, forget });
  const clientKeys = createClientKeys({ pool, masterKey, clock, log, forget });
  const tokens = createBearerTokens({ pool, clock, options: bearerTokens, forget });
  const identities = createIdentities({ pool, masterKey, clock });

  async function judged(credential: Credential): Promise<Principal> {
    if (credential.kind === 'none') return ANONYMOUS;
    // The whole credential is digested, with its kind: a key that is a prefix of another must not meet its answer.
    const key = createHash('sha256').update(JSON.stringify(credential)).digest('base64');
    const remembered = answers.get(key);
    if (remembered) return remembered;
    const answer = judge(credential);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  }

  async function judge(credential: Credential): Promise<Principal> {
    switch (credential.kind) {
      case 'none': return ANONYMOUS;
      case 'cookie': return sessions.judge(credential.token);
      case 'session': {
        const principal = await sessions.judge(credential.token);
        return principal.kind === 'anonymous' ? refuseCredential() : principal;
      }
      case 'client_key': return clientKeys.judge(credential.key);
      case 'jwt': return judgeToken(credential.token);
      case 'malformed': return refuseCredential();
    }
  }

  async function judgeToken(token: string): Promise<Principal> {
    const claims = await tokens.verify(token);
    const { rows: [known] } = await pool.query<JudgedTokenRow>(JUDGE_TOKEN, [claims.digest, identities.digest(claims.issuer, claims.subject)]);
    if (known!.revoked) refuseCredential();
    const row = known!.linked ? known : await personNamedBy(claims);
    return row && row.user_id !== null ? principalOf(row, { kind: 'token', digest: claims.digest, expiresAt: claims.expiresAt }) : refuseInactive();
  }

  async function personNamedBy(claims: TokenClaims): Promise<PersonRow | undefined> {
    const { userId } = await personOf(claims);
    return (await pool.query<PersonRow>('select * from auth_people where user_id = $1 and active', [userId])).rows[0];
  }

  return {
    async authenticate(credential, { again } = { again: false }) {
      const principal = await judged(credential);
      const keyId = keyOf(principal);
      if (keyId !== undefined && !again) clientKeys.countUse(keyId);
      return principal;
    },
    forget,
    passwords,
    passwordLinks: createPasswordLinks({ pool, clock }),
    sessions,
    clientKeys,
    tokens,
    identities,
    standings: createStandings({ pool, forget }),
    usage: createUsage({ pool, clock, standard: dailyRequests }),
    setup: createSetup({ pool, masterKey, clock }),
    close: () => clientKeys.close(),
  };
}

function keyOf(principal: Principal): string | undefined {
  if (principal.kind === 'service') return principal.keyId;
  return principal.kind === 'user' && principal.proof.kind === 'client_key' ? principal.proof.keyId : undefined;
}
