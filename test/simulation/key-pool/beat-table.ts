import type { KeyPoolState, Lease } from '../../../commands/key-pool/state';
import type { Rules } from './planted-bugs';

interface Beat {
  token: number;
  ttlMs: number;
  seenAt: number;
  live: boolean;
}

/** The table of heartbeats: one for all nodes, judged by its own clock. */
export class BeatTable {
  private readonly rows = new Map<string, Beat>();
  /** Leases that have ended. They stay, so that a node that does not know yet cannot bring them back. */
  private readonly over = new Set<string>();

  constructor(private readonly rules: Pick<Rules, 'judgedTtl' | 'revives'>) {}

  /** Every lease has a row; one that was forgotten starts with a full TTL. */
  repair(state: KeyPoolState, now: number): void {
    for (const lease of state.leases.values()) {
      if (this.rows.has(lease.id) || this.over.has(lease.id)) continue;
      this.rows.set(lease.id, { token: lease.token, ttlMs: lease.ttlMs, seenAt: now, live: true });
    }
  }

  /** @returns whether the heartbeat counts */
  beat(leaseId: string, token: number, now: number): boolean {
    const row = this.rows.get(leaseId);
    if (!row || row.token !== token || !(row.live || this.rules.revives)) return false;
    row.seenAt = now;
    return true;
  }

  /** Marks the rows whose time is up, each once. */
  mark(now: number, marked: (leaseId: string, ttlMs: number, silentMs: number) => void): void {
    for (const [leaseId, row] of this.rows) {
      if (!row.live || row.seenAt >= now - this.rules.judgedTtl(row.ttlMs)) continue;
      row.live = false;
      marked(leaseId, row.ttlMs, now - row.seenAt);
    }
  }

  /** Marked leases that the log still has. A lease was granted and has ended if its token is known but the lease is not. */
  overdue(state: KeyPoolState): Lease[] {
    const overdue: Lease[] = [];
    for (const [leaseId, { live, token }] of this.rows) {
      const lease = state.leases.get(leaseId);
      if (lease && !live) overdue.push(lease);
      if (lease || token > state.token) continue;
      this.rows.delete(leaseId);
      this.over.add(leaseId);
    }
    return overdue;
  }
}
