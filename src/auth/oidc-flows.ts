import { createHash, randomBytes } from 'node:crypto';
import type { SqlPool } from '../vault/sql-pool';
import type { FlowSecrets } from './oidc-provider';

export const FLOW_MS = 10 * 60_000;

export interface OidcFlow {
  provider: string;
  /** Where the browser goes at the end. */
  returnTo: string;
  /** Who links an account, and in which session; undefined for a sign-in. */
  link: { userId: string; sessionId: string } | undefined;
}

/** Sign-ins under way at a provider. */
export interface OidcFlows {
  /** @returns the token for the browser's cookie */
  keep(secrets: FlowSecrets, flow: OidcFlow): Promise<string>;
  /** Uses up the flow of a state, if this browser began it at this provider and it is not too old. */
  take(state: string, browser: string, provider: string): Promise<(OidcFlow & { secrets: FlowSecrets }) | undefined>;
}

interface FlowRow extends Record<string, unknown> {
  nonce: string;
  code_verifier: string;
  return_to: string;
  link_user_id: string | null;
  link_session_id: string | null;
}

const KEEP = `
  with expired as (delete from auth_oidc_flows where expires_at <= $9)
  insert into auth_oidc_flows
    (state_digest, browser_digest, provider, nonce, code_verifier, return_to, link_user_id, link_session_id, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $10)`;

const TAKE = `
  delete from auth_oidc_flows where state_digest = $1 and browser_digest = $2 and provider = $3 and expires_at > $4
  returning nonce, code_verifier, return_to, link_user_id, link_session_id`;

/** Flows on `auth_oidc_flows`: state and cookie stand there as digests. */
export function createOidcFlows({ pool, clock }: { pool: SqlPool; clock: () => Date }): OidcFlows {
  const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
  return {
    async keep({ state, nonce, codeVerifier }, { provider, returnTo, link }) {
      const [browser, now] = [randomBytes(32).toString('base64url'), clock()];
      await pool.query(KEEP, [
        digestOf(state), digestOf(browser), provider, nonce, codeVerifier, returnTo, link?.userId ?? null, link?.sessionId ?? null,
        now, new Date(now.getTime() + FLOW_MS),
      ]);
      return browser;
    },

    async take(state, browser, provider) {
      const { rows: [row] } = await pool.query<FlowRow>(TAKE, [digestOf(state), digestOf(browser), provider, clock()]);
      if (!row) return undefined;
      const { nonce, code_verifier: codeVerifier, return_to: returnTo, link_user_id: userId, link_session_id: sessionId } = row;
      const link = userId !== null && sessionId !== null ? { userId, sessionId } : undefined;
      return { provider, returnTo, link, secrets: { state, nonce, codeVerifier } };
    },
  };
}
