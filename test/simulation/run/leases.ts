import { randomUUID } from 'node:crypto';
import { keyPool } from '../../../commands/key-pool/decider';
import type { HeldLease, KeyLeases } from '../../../commands/key-pool/key-leases';
import { standingOf } from '../../../commands/key-pool/standing';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';

export interface PlayedLeases extends KeyLeases {
  /** Takes the lease that somebody holds away, as an operator does. */
  revokeAll(): Promise<void>;
}

/** Leases by the pool's own decider, without heartbeats: nobody here is too slow, but leases can be taken away. */
export function playLeases(commands: CommandRuntime, pool: string, tenant: string): PlayedLeases {
  const held = new Map<string, AbortController[]>();

  async function granted(requestId: string, signal: AbortSignal) {
    for (;;) {
      const { state } = await commands.load(keyPool, pool);
      const standing = standingOf(state, requestId);
      if (standing.standing !== 'waiting') return standing;
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  return {
    async acquire({ provider, requestId, holder, ttlMs, maxWaitMs, keyId, command, signal }) {
      signal.throwIfAborted();
      const asked = await commands.execute(keyPool, provider, {
        type: 'RequestLease', ticketId: `${provider}/${command.commandId}`, requestId, tenant, holder, ttlMs, maxWaitMs,
        ...(keyId !== undefined && { keyId }), now: Date.now(),
      }, command);
      if (!asked.accepted) return asked;
      const { standing, lease, keyName } = await granted(requestId, signal);
      if (standing === 'timedOut') return { refusal: { code: 'E5041', rule: 'lease_wait_over', message: 'Too long.' } };
      if (!lease) return { refusal: { code: 'E4091', rule: 'request_over', message: 'Over.' } };
      const losing = new AbortController();
      held.set(lease.id, [...(held.get(lease.id) ?? []), losing]);
      const one: HeldLease = {
        leaseId: lease.id, token: lease.token, keyId: lease.keyId, keyName: keyName!, secret: 'secret', lost: losing.signal,
        takePermits: async () => 0,
        async release(outcome, by) {
          await commands.execute(keyPool, provider, { type: 'ReleaseLease', leaseId: lease.id, token: lease.token, holder, outcome, now: Date.now() }, by);
        },
      };
      return one;
    },
    async revokeAll() {
      for (const [leaseId, holders] of held) {
        await commands.execute(keyPool, pool, { type: 'RevokeLease', leaseId, tenant, now: Date.now() }, bySystem(tenant));
        holders.forEach((holder) => holder.abort());
      }
      held.clear();
    },
    close: async () => {},
  };
}

export function bySystem(tenant: string): CommandContext {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant };
}
