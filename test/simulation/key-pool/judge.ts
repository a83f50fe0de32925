import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import type { RequestStanding } from '../../../commands/key-pool/standing';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import type { Decision } from '../../../src/command-runtime/aggregate';
import { judgeAccepted } from './judge/accepted';
import { judgeEffect } from './judge/effect';
import { happened } from './judge/event';
import { noneServable } from './judge/line';
import { emptyPool } from './judge/pool';
import { judgeRefused } from './judge/refused';
import { judgeTold } from './judge/told';
import { broken } from './judge/violation';

/**
 * Watches commands, answers and log, and knows the rules in their plainest form: lists, counting and sorting, nothing
 * of the product's own code. It is told of every command at the place of the log where it took effect.
 */
export class Judge {
  private readonly pool = emptyPool();
  readonly counted = this.pool.counted;

  /** One command with its outcome. `told` is what the caller of a request will hear. */
  command(command: KeyPoolCommand, decision: Decision<KeyPoolEvent>, told?: RequestStanding): void {
    const now = Math.max(this.pool.clock, command.now);
    if ('refusal' in decision) return judgeRefused(this.pool, command, decision.refusal.rule, now);
    const { events } = decision;
    judgeAccepted(this.pool, command, events);
    for (const event of events) happened(this.pool, event, command);
    judgeEffect(this.pool, command, now);
    if (command.type === 'HeartbeatLease') return;
    noneServable(this.pool, now, command.type);
    if (command.type === 'RequestLease') judgeTold(this.pool, command.requestId, told);
  }

  /** The beat table marked a lease: nobody had heard of it for `silentMs`. */
  marked(leaseId: string, ttlMs: number, silentMs: number): void {
    const own = (this.pool.held.get(leaseId) ?? this.pool.over.get(leaseId))?.ttlMs;
    if (own !== ttlMs || silentMs <= ttlMs) broken(`lease ${leaseId} marked after ${silentMs} ms of silence, its TTL is ${own}`);
    this.pool.lapsed.add(leaseId);
  }

  /** The holder was told that its heartbeat counts. */
  beat(leaseId: string): void {
    if (this.pool.lapsed.has(leaseId)) broken(`heartbeat of lease ${leaseId} counted after it had lapsed`);
  }

  /** An answer went out that was decided on the first `index` events. */
  answered(index: number, logLength: number): void {
    if (index > logLength) broken(`answered on event ${index} of a log of ${logLength}`);
  }

  /** Every node has done what it knows to be due at `now`, and no fault came between. */
  settled(now: number): void {
    noneServable(this.pool, Math.max(this.pool.clock, now), 'everything that was due');
  }

  isQuiet(): boolean {
    return this.pool.waiters.length === 0 && this.pool.held.size === 0;
  }

  /** Nothing may be left once the faults have stopped. */
  quiet(): void {
    if (!this.isQuiet()) broken(`${this.pool.waiters.length} still wait, ${this.pool.held.size} leases never ended`);
  }
}
