import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { RefusedError } from '../../schema/errors/catalogue';
import { deriveKey } from '../vault/cipher';
import type { SqlPool } from '../vault/sql-pool';

export interface SignInThrottle {
  /**
   * Counts one attempt and lets it pass or not. Call it before the password is looked at, once an attempt.
   * @param account what the caller typed as e-mail address, whether or not such an account exists
   * @param address the caller's IP address
   * @throws TooManySignIns E4291 rule `too_many_sign_ins` with `retryAfterMs`
   */
  checkSignInAllowed(account: string, address: string): Promise<void>;
  /** After a right password: clears the count of this account from this network and remembers the network. */
  signInSucceeded(account: string, address: string): Promise<void>;
}

/** The attempts of a window are used up. */
export class TooManySignIns extends RefusedError {
  /** @param isFirst whether nobody was refused before in this window: then it is worth a note */
  constructor(readonly isFirst: boolean, retryAfterMs: number) {
    super({ code: 'E4291', rule: 'too_many_sign_ins', message: 'Too many sign-in attempts. Wait a little and try again.', retryAfterMs });
    this.name = 'TooManySignIns';
  }
}

interface Limit {
  points: number;
  seconds: number;
}

/**
 * Attempts allowed per window. `accountFromHere` holds for everyone. The others hold only where the account never
 * signed in from this network, so that strangers who exhaust them cannot lock out the people who belong there.
 */
export const SIGN_IN_LIMITS = {
  accountFromHere: { points: 10, seconds: 15 * 60 },
  network: { points: 60, seconds: 15 * 60 },
  account: { points: 30, seconds: 60 * 60 },
  everyone: { points: 600, seconds: 10 * 60 },
} as const satisfies Record<string, Limit>;

const KNOWN_FOR_DAYS = 30;

const REMEMBER = `
  with old as (delete from auth_known_networks where account_digest = $1 and seen_at <= $4)
  insert into auth_known_networks (account_digest, network_digest, seen_at) values ($1, $2, $3)
  on conflict (account_digest, network_digest) do update set seen_at = excluded.seen_at`;

/** Counters in `auth_sign_in_points`, shared by all nodes; accounts and networks stand there as keyed digests only. */
export function createSignInThrottle({ pool, masterKey, clock }: { pool: SqlPool; masterKey: Buffer; clock: () => Date }): SignInThrottle {
  const key = deriveKey(masterKey, ['sign-in throttle']);
  const digest = (kind: string, value: string): string => createHmac('sha256', key).update(`${kind}\n${value}`).digest('base64url');
  const limiter = (keyPrefix: string, { points, seconds }: Limit): RateLimiterPostgres => new RateLimiterPostgres({
    storeClient: pool, storeType: 'pool', tableName: 'auth_sign_in_points', tableCreated: true, keyPrefix, points, duration: seconds,
    clearExpiredByTimeout: true,
  });
  const accountFromHere = limiter('pair', SIGN_IN_LIMITS.accountFromHere);
  const strangers = {
    network: limiter('network', SIGN_IN_LIMITS.network),
    account: limiter('account', SIGN_IN_LIMITS.account),
    everyone: limiter('everyone', SIGN_IN_LIMITS.everyone),
  };
  const digestsOf = (account: string, address: string): { account: string; network: string; pair: string } => {
    const name = account.normalize('NFKC').trim().toLowerCase();
    const network = networkOf(address);
    return { account: digest('account', name), network: digest('network', network), pair: digest('pair', `${name}\n${network}`) };
  };

  async function isKnown(account: string, network: string): Promise<boolean> {
    const { rows } = await pool.query(
      'select 1 from auth_known_networks where account_digest = $1 and network_digest = $2 and seen_at > $3',
      [account, network, knownSince()],
    );
    return rows.length > 0;
  }

  const knownSince = (): Date => new Date(clock().getTime() - KNOWN_FOR_DAYS * 24 * 60 * 60_000);

  return {
    async checkSignInAllowed(account, address) {
      const digests = digestsOf(account, address);
      await consume(accountFromHere, digests.pair);
      if (await isKnown(digests.account, digests.network)) return;
      await consume(strangers.network, digests.network);
      await consume(strangers.account, digests.account);
      await consume(strangers.everyone, 'everyone');
    },
    async signInSucceeded(account, address) {
      const digests = digestsOf(account, address);
      await accountFromHere.delete(digests.pair);
      await pool.query(REMEMBER, [digests.account, digests.network, clock(), knownSince()]);
    },
  };
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (outcome) {
    if (!(outcome instanceof RateLimiterRes)) throw outcome;
    throw new TooManySignIns(outcome.consumedPoints === limiter.points + 1, outcome.msBeforeNext);
  }
}

/** What counts as one place: an IPv4 address, or the /64 that one IPv6 customer has at least. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`;
}
