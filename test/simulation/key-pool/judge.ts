import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import type { Decision } from '../../../src/command-runtime/aggregate';

/** What a caller is told about a request. */
export type Standing = { is: 'unknown' } | { is: 'waiting' } | { is: 'held'; leaseId: string; token: number } | { is: 'over' };

interface Key {
  id: string;
  limit: number;
  rpm: number | null;
  priority: number;
  scope: string;
  active: number;
  permits: number[];
}
interface Waiter {
  ticketId: string;
  requestId: string;
  tenant: string;
  holder: string;
  deadline: number;
}
interface Held {
  requestId: string;
  keyId: string;
  token: number;
  holder: string;
  tenant: string;
  ttlMs: number;
}

type Ending = 'released' | 'expired' | 'revoked';

export class Violation extends Error {}

/**
 * Watches commands, answers and log, and knows the rules in their plainest form: lists, counting and sorting, nothing
 * of the product's own code. It is told of every command at the place of the log where it took effect.
 */
export class Judge {
  private clock = 0;
  private token = 0;
  private readonly keys: Key[] = [];
  /** In order of arrival. */
  private waiters: Waiter[] = [];
  private readonly held = new Map<string, Held>();
  private readonly over = new Map<string, Held & { how: Ending }>();
  private readonly requests = new Map<string, Standing>();
  /** Leases whose missing heartbeat the beat table has established. */
  private readonly lapsed = new Set<string>();

  readonly counted = { grants: 0, releases: 0, expiries: 0, timeOuts: 0, withdrawals: 0, stale: 0 };

  /** One command with its outcome. `told` is what the caller of a request will hear. */
  command(command: KeyPoolCommand, decision: Decision<KeyPoolEvent>, told?: Standing): void {
    const now = Math.max(this.clock, command.now);
    if ('refusal' in decision) return this.refused(command, decision.refusal.rule, now);
    const before = command.type === 'RequestLease' ? this.requests.get(command.requestId) : undefined;
    this.accepted(command, decision.events, before);
    for (const event of decision.events) this.event(event, command);
    if (command.type === 'HeartbeatLease') return;
    if (command.type === 'WithdrawTenant') this.nothingLeft(command.tenant);
    this.noneServable(now, `after ${command.type}`);
    if (command.type === 'RequestLease') this.told(command.requestId, told);
  }

  /** The beat table marked a lease: nobody had heard of it for `silentMs`. */
  marked(leaseId: string, ttlMs: number, silentMs: number): void {
    const own = (this.held.get(leaseId) ?? this.over.get(leaseId))?.ttlMs;
    this.rule(own === ttlMs && silentMs > ttlMs, `lease ${leaseId} marked after ${silentMs} ms of silence, its TTL is ${own}`);
    this.lapsed.add(leaseId);
  }

  /** The holder was told that its heartbeat counts. */
  beat(leaseId: string): void {
    this.rule(!this.lapsed.has(leaseId), `heartbeat of lease ${leaseId} counted after it had lapsed`);
  }

  /** An answer went out that was decided on the first `index` events. */
  answered(index: number, logLength: number): void {
    this.rule(index <= logLength, `answered on event ${index} of a log of ${logLength}`);
  }

  /** Nothing may be left once the faults have stopped. */
  quiet(): void {
    this.rule(this.waiters.length === 0, `${this.waiters.length} still wait`);
    this.rule(this.held.size === 0, `${this.held.size} leases never ended`);
  }

  private accepted(command: KeyPoolCommand, events: readonly KeyPoolEvent[], before: Standing | undefined): void {
    const types = new Set(events.map(({ type }) => type));
    switch (command.type) {
      case 'RequestLease':
        this.rule(types.has('LeaseRequested') === (before === undefined), `request ${command.requestId} taken twice or not at all`);
        break;
      case 'ReleaseLease': {
        const { leaseId, token, holder } = command;
        const lease = this.held.get(leaseId) ?? this.over.get(leaseId);
        this.rule(lease?.token === token && lease.holder === holder, `release of ${leaseId} with a token or holder not its own`);
        this.rule(types.has('LeaseReleased') === this.held.has(leaseId), `release of ${leaseId} had no effect, or a second one`);
        break;
      }
      case 'HeartbeatLease': {
        const { leaseId, token, holder } = command;
        const lease = this.held.get(leaseId);
        this.rule(lease?.token === token && lease.holder === holder, `heartbeat of ${leaseId} accepted from no holder`);
        this.rule(events.length === 0, 'a heartbeat wrote an event');
        break;
      }
      case 'ExpireLease': {
        const isHeld = this.held.get(command.leaseId)?.token === command.token;
        this.rule(types.has('LeaseExpired') === isHeld, `expiry of ${command.leaseId} had no effect, or one that its token does not allow`);
        break;
      }
      default:
    }
  }

  private refused(command: KeyPoolCommand, rule: string, now: number): void {
    switch (rule) {
      case 'stale_lease':
      case 'lease_unknown': {
        const { leaseId, token, holder } = command as Extract<KeyPoolCommand, { type: 'ReleaseLease' }>;
        const lease = this.held.get(leaseId);
        this.rule(!(lease?.token === token && lease.holder === holder), `the holder of ${leaseId} was refused (${rule})`);
        this.counted.stale++;
        break;
      }
      case 'no_key_free': {
        const { tenant } = command as Extract<KeyPoolCommand, { type: 'RequestLease' }>;
        this.rule(this.servable(now) || this.freeFor(tenant, now).length === 0, `${tenant} was refused although a key is free`);
        break;
      }
      case 'pool_unknown':
        this.rule(this.keys.length === 0, 'the keys of the pool were not seen');
        break;
      case 'lease_not_due':
      case 'ticket_not_due':
        break;
      default:
        this.rule(false, `${command.type} refused by ${rule}`);
    }
  }

  private event(event: KeyPoolEvent, cause: KeyPoolCommand): void {
    const { data } = event;
    this.rule(data.at >= this.clock, `the clock went back from ${this.clock} to ${data.at}`);
    this.clock = data.at;
    switch (event.type) {
      case 'ProviderKeyAdded': {
        const { keyId, concurrencyLimit, rpmLimit, priority, tenantScope } = event.data;
        this.keys.push({ id: keyId, limit: concurrencyLimit, rpm: rpmLimit, priority, scope: tenantScope, active: 0, permits: [] });
        break;
      }
      case 'LeaseRequested': {
        const { ticketId, requestId, tenant, holder, maxWaitMs, at } = event.data;
        this.waiters.push({ ticketId, requestId, tenant, holder, deadline: at + maxWaitMs });
        this.requests.set(requestId, { is: 'waiting' });
        break;
      }
      case 'LeaseGranted':
        this.grant(event.data, cause);
        break;
      case 'LeaseReleased':
        this.counted.releases++;
        this.end(event.data, 'released');
        break;
      case 'LeaseExpired':
        this.counted.expiries++;
        this.rule(this.lapsed.has(event.data.leaseId), `lease ${event.data.leaseId} expired although it never lapsed`);
        this.end(event.data, 'expired');
        break;
      case 'LeaseRevoked':
        this.withdrawn(cause, this.held.get(event.data.leaseId)?.tenant, event.data.tenant);
        this.end(event.data, 'revoked');
        break;
      case 'TicketCancelled': {
        const waiter = this.leave(event.data.ticketId);
        this.withdrawn(cause, waiter.tenant, event.data.tenant);
        this.requests.set(waiter.requestId, { is: 'over' });
        break;
      }
      case 'TicketTimedOut': {
        const waiter = this.leave(event.data.ticketId);
        this.rule(waiter.deadline <= data.at, `ticket ${waiter.ticketId} timed out early`);
        this.requests.set(waiter.requestId, { is: 'over' });
        this.counted.timeOuts++;
        break;
      }
      default:
        event satisfies never;
    }
  }

  private grant(data: Extract<KeyPoolEvent, { type: 'LeaseGranted' }>['data'], cause: KeyPoolCommand): void {
    const { leaseId, ticketId, keyId, token, at, ttlMs } = data;
    const place = this.waiters.findIndex((waiter) => waiter.ticketId === ticketId);
    const waiter = this.waiters[place]!;
    this.rule(place >= 0, `lease for ${ticketId}, which does not wait`);
    const justCame = cause.type === 'RequestLease' && cause.ticketId === ticketId;
    this.rule(waiter.deadline > at || justCame, `ticket ${ticketId} served after its wait limit`);
    const due = this.servable(at) ?? waiter;
    this.rule(due === waiter || this.waiters.indexOf(due) > place, `${ticketId} overtook ${due.ticketId}`);
    const [best] = this.freeFor(waiter.tenant, at);
    this.rule(best?.id === keyId, `${keyId} was given, ${best?.id ?? 'none'} was due`);
    this.rule(token === this.token + 1, `token ${token} after ${this.token}`);
    this.rule(!this.held.has(leaseId) && !this.over.has(leaseId), `lease ${leaseId} granted twice`);
    this.token = token;
    this.leave(ticketId);
    best!.active++;
    best!.permits.push(at);
    this.rule(best!.active <= best!.limit, `${best!.active} leases on ${keyId}, its limit is ${best!.limit}`);
    const inWindow = recent(best!, at);
    this.rule(best!.rpm === null || inWindow <= best!.rpm, `${inWindow} grants of ${keyId} in 60 s, its limit is ${best!.rpm}`);
    this.held.set(leaseId, { requestId: waiter.requestId, keyId, token, holder: waiter.holder, tenant: waiter.tenant, ttlMs });
    this.requests.set(waiter.requestId, { is: 'held', leaseId, token });
    this.counted.grants++;
  }

  private end({ leaseId, token, keyId }: { leaseId: string; token: number; keyId: string }, how: Ending): void {
    const lease = this.held.get(leaseId);
    this.rule(lease?.token === token && lease.keyId === keyId, `lease ${leaseId} ${how} without being held like that`);
    this.held.delete(leaseId);
    this.over.set(leaseId, { ...lease!, how });
    this.requests.set(lease!.requestId, { is: 'over' });
    this.keys.find(({ id }) => id === keyId)!.active--;
  }

  /** What is taken away belonged to the tenant that was named, and somebody asked for it. */
  private withdrawn(cause: KeyPoolCommand, owner: string | undefined, named: string): void {
    const asked = cause.type === 'WithdrawTenant' && cause.tenant === owner && owner === named;
    this.rule(asked, `something of ${owner} was taken away by ${cause.type} as if of ${named}`);
    this.counted.withdrawals++;
  }

  private nothingLeft(tenant: string): void {
    const left = [...this.held.values(), ...this.waiters].filter((one) => one.tenant === tenant).length;
    this.rule(left === 0, `${left} leases and tickets of ${tenant} outlived its withdrawal`);
  }

  private leave(ticketId: string): Waiter {
    const waiter = this.waiters.find((waiter) => waiter.ticketId === ticketId);
    this.rule(waiter, `ticket ${ticketId} left without waiting`);
    this.waiters = this.waiters.filter((other) => other !== waiter);
    return waiter!;
  }

  private noneServable(now: number, when: string): void {
    const servable = this.servable(now);
    this.rule(!servable, `${servable?.ticketId} could be served ${when}`);
  }

  private servable(now: number): Waiter | undefined {
    return this.waiters.find(({ tenant, deadline }) => deadline > now && this.freeFor(tenant, now).length > 0);
  }

  private told(requestId: string, told: Standing | undefined): void {
    const standing = this.requests.get(requestId);
    this.rule(JSON.stringify(told) === JSON.stringify(standing), `told ${JSON.stringify(told)} where ${JSON.stringify(standing)} is true`);
  }

  /** Free keys of a tenant, the one to give first. */
  private freeFor(tenant: string, now: number): Key[] {
    return this.keys
      .filter((key) => key.scope === '*' || key.scope.split(',').includes(tenant))
      .filter((key) => key.active < key.limit && (key.rpm === null || recent(key, now) < key.rpm))
      .sort((a, b) => b.priority - a.priority || a.active / a.limit - b.active / b.limit || share(a, now) - share(b, now)
        || (a.id < b.id ? -1 : 1));
  }

  private rule(holds: unknown, violation: string): void {
    if (!holds) throw new Violation(violation);
  }
}

const recent = ({ permits }: Key, now: number): number => {
  let first = permits.length;
  while (first > 0 && permits[first - 1]! > now - 60_000) first--;
  return permits.length - first;
};
const share = (key: Key, now: number): number => (key.rpm === null ? 0 : recent(key, now) / key.rpm);
