import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { SqlPool } from '../vault/sql-pool';
import { partOf } from './compact-jwt';
import { MAX_CREDENTIAL_LENGTH } from './credential';
import type { BearerTokens, TokenClaims } from './port';
import { refuseCredential, refuseExpired } from './refuse';

export interface BearerTokenOptions {
  /** NEXTAUTH_SECRET, 32 characters or more. */
  secret: string;
  /** Demanded of every token when set. */
  issuer: string | undefined;
  audience: string | undefined;
}

/** By this name the accounts of the front end are bound; whatever a token says as `iss` is checked, not used. */
const TOKEN_ISSUER = 'nextauth';
/** Clocks of two machines differ by less; a token is good for so much longer than it says. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** Nothing else is understood, so nothing else may be asked for: no key by name or address, no `crit`, no other type. */
const header = z.strictObject({ alg: z.literal('HS256'), typ: z.literal('JWT').optional() });

/** Seconds since the epoch that still are a date. */
const instant = z.int().min(0).max(253_402_300_799);
const text = (most: number) => z.string().max(most).nullish().transform((value) => value?.trim() || undefined);
const claimsShape = z.looseObject({
  sub: z.string().min(1).max(255), iat: instant, exp: instant, nbf: instant.optional(),
  email: text(254), name: text(500), picture: text(2_048),
});

const REVOKE = `
  with expired as (delete from auth_revoked_tokens where expires_at <= $3)
  insert into auth_revoked_tokens (digest, expires_at) values ($1, $2) on conflict (digest) do nothing`;

/**
 * HS256 tokens of a NextAuth front end with a custom `encode`. There is one spelling of a token (no padding, no spare
 * bits), so its digest names it, and a revoked one cannot come back in another spelling.
 * @param forget what was remembered of callers on this node
 */
export function createBearerTokens(
  { pool, clock, options, forget }: { pool: SqlPool; clock: () => Date; options: BearerTokenOptions | undefined; forget(): void },
): BearerTokens {
  const secret = options && new TextEncoder().encode(options.secret);

  async function signed(token: string): Promise<{ payload: JWTPayload; expired: boolean }> {
    try {
      const { payload } = await jwtVerify(token, secret!, {
        algorithms: ['HS256'], issuer: options?.issuer, audience: options?.audience, requiredClaims: ['sub', 'iat', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS, currentDate: clock(),
      });
      return { payload, expired: false };
    } catch (error) {
      // Thrown once everything else was found right.
      if (error instanceof errors.JWTExpired) return { payload: error.payload, expired: true };
      refuseCredential(error);
    }
  }

  return {
    async verify(token) {
      if (!secret || token.length > MAX_CREDENTIAL_LENGTH) refuseCredential();
      const [head, body, signature, ...more] = token.split('.').map(partOf);
      if (!head || !body || !signature || more.length > 0) refuseCredential();
      if (!header.safeParse(head.json()).success || body.json() === undefined) refuseCredential();
      const { payload, expired } = await signed(token);
      const { success, data: claims } = claimsShape.safeParse(payload);
      const now = clock().getTime();
      if (!success || claims.iat * 1_000 > now + CLOCK_TOLERANCE_SECONDS * 1_000) refuseCredential();
      if (expired) refuseExpired();
      const digest = createHash('sha256').update(token).digest('hex');
      const { sub: subject, email, name, picture } = claims;
      return { issuer: TOKEN_ISSUER, subject, email, name, picture, digest, expiresAt: claims.exp } satisfies TokenClaims;
    },

    async revoke(digest, expiresAt) {
      const forgotten = clock().getTime() - CLOCK_TOLERANCE_SECONDS * 1_000;
      await pool.query(REVOKE, [digest, new Date(expiresAt * 1_000), new Date(forgotten)]);
      forget();
    },
  };
}
