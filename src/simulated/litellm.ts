import { randomBytes } from 'node:crypto';
import type { SqlPool } from '../vault/sql-pool';
import { listenerOf, serve, type RunningServer } from './http-server';
import { keysInPostgres } from './litellm-keys';
import { liteLlmHandler } from './litellm-protocol';

/** What the simulated vendors offer; the names say what they are. */
export const SIMULATED_MODELS = ['simulated-chat', 'simulated-chat-mini', 'simulated-code', 'simulated-image', 'simulated-video'] as const;

export interface SimulatedVendor extends RunningServer {
  /** Its key, made anew at each start; nobody else knows it. */
  secret: string;
}

/** A LiteLLM proxy on loopback for installations without one. Its keys live in Postgres and survive restarts. */
export async function startSimulatedLiteLlm({ pool }: { pool: SqlPool }): Promise<SimulatedVendor> {
  const secret = randomBytes(24).toString('base64url');
  const handler = liteLlmHandler({ keys: keysInPostgres(pool), masterKey: secret, models: SIMULATED_MODELS, now: () => new Date() });
  return { ...await serve(listenerOf(handler)), secret };
}
