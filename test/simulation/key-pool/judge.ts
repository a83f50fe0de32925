import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import type { RequestStanding } from '../../../commands/key-pool/standing';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import type { Decision } from '../../../src/command-runtime/aggregate';

interface Key {
  id: string;
  owner: string;
  name: string;
  fingerprint: string;
  secretRef: string;
  limit: number;
  rpm: number | null;
  priority: number;
  scope: string;
  active: number;
  /** Times of its grants, and of further calls while they are limited: all count against whatever limit there is. */
  permits: number[];
  isInactive: boolean;
  expiresAt: number | null;
  coolsUntil: number;
}
interface Waiter {
  ticketId: string;
  requestId: string;
  tenant: string;
  holder: string;
  ttlMs: number;
  keyId: string | undefined;
  deadline: number;
}
interface Held {
  requestId: string;
  keyId: string;
  token: number;
  holder: string;
  tenant: string;
  ttlMs: number;
  /** Secret of the key when it was granted. */
  secretRef: string;
}

type CommandOf<Type extends KeyPoolCommand['type']> = Extract<KeyPoolCommand, { type: Type }>;
type DataOf<Type extends KeyPoolEvent['type']> = Extract<KeyPoolEvent, { type: Type }>['data'];
type Ending = 'released' | 'expired' | 'revoked';
/** What a caller has to be told about a request. */
interface Standing {
  standing: RequestStanding['standing'];
  ticketId: string;
  token?: number;
  keyId?: string;
}

export class Violation extends Error {}

/** Commands that may cause an event, beside those that serve the queue, which all of them do. */
const CAUSES: Partial<Record<KeyPoolEvent['type'], readonly KeyPoolCommand['type'][]>> = {
  ProviderKeyAdded: ['AddProviderKey'],
  ProviderKeyChanged: ['ChangeProviderKey'],
  ProviderKeyRotated: ['RotateProviderKey'],
  ProviderKeyDeactivated: ['DeactivateProviderKey'],
  ProviderKeyActivated: ['ActivateProviderKey'],
  ProviderKeyCooledDown: ['CoolDownProviderKey'],
  ProviderKeyRecovered: ['RecoverProviderKey'],
  ProviderKeyRemoved: ['RemoveProviderKey'],
  LeaseRequested: ['RequestLease'],
  LeaseReleased: ['ReleaseLease'],
  PermitsTaken: ['TakePermits'],
  LeaseExpired: ['ExpireLease'],
  LeaseRevoked: ['WithdrawTenant', 'RevokeLease', 'RotateProviderKey'],
  TicketCancelled: ['WithdrawTenant', 'CancelTicket'],
};

/**
 * Watches commands, answers and log, and knows the rules in their plainest form: lists, counting and sorting, nothing
 * of the product's own code. It is told of every command at the place of the log where it took effect.
 */
export class Judge {
  private clock = 0;
  private token = 0;
  private readonly keys: Key[] = [];
  /** In order of arrival. */
  private readonly waiters: Waiter[] = [];
  private readonly held = new Map<string, Held>();
  private readonly over = new Map<string, Held>();
  private readonly requests = new Map<string, Standing>();
  /** Leases whose missing heartbeat the beat table has established. */
  private readonly lapsed = new Set<string>();
  /** The newest command that gave a key another secret. */
  private rotation: KeyPoolCommand | undefined;

  readonly counted = {
    grants: 0, pinnedGrants: 0, releases: 0, expiries: 0, timeOuts: 0, withdrawals: 0, revocations: 0, cancellations: 0, permits: 0, permitsRefused: 0,
    keysChanged: 0, keysRotated: 0, keysRemoved: 0, keysCooledDown: 0, keysRecovered: 0, keysDeactivated: 0, keysActivated: 0, strangers: 0, stale: 0,
  };

  /** One command with its outcome. `told` is what the caller of a request will hear. */
  command(command: KeyPoolCommand, decision: Decision<KeyPoolEvent>, told?: RequestStanding): void {
    const now = Math.max(this.clock, command.now);
    if ('refusal' in decision) return this.refused(command, decision.refusal.rule, now);
    const { events } = decision;
    this.accepted(command, events);
    for (const event of events) this.event(event, command);
    this.cameTrue(command, now);
    if (command.type === 'HeartbeatLease') return;
    this.noneServable(now, command.type);
    if (command.type === 'RequestLease') this.told(command.requestId, told);
  }

  /** The beat table marked a lease: nobody had heard of it for `silentMs`. */
  marked(leaseId: string, ttlMs: number, silentMs: number): void {
    const own = (this.held.get(leaseId) ?? this.over.get(leaseId))?.ttlMs;
    if (own !== ttlMs || silentMs <= ttlMs) this.broken(`lease ${leaseId} marked after ${silentMs} ms of silence, its TTL is ${own}`);
    this.lapsed.add(leaseId);
  }

  /** The holder was told that its heartbeat counts. */
  beat(leaseId: string): void {
    if (this.lapsed.has(leaseId)) this.broken(`heartbeat of lease ${leaseId} counted after it had lapsed`);
  }

  /** An answer went out that was decided on the first `index` events. */
  answered(index: number, logLength: number): void {
    if (index > logLength) this.broken(`answered on event ${index} of a log of ${logLength}`);
  }

  /** Every node has done what it knows to be due at `now`, and no fault came between. */
  settled(now: number): void {
    this.noneServable(Math.max(this.clock, now), 'everything that was due');
  }

  isQuiet(): boolean {
    return this.waiters.length === 0 && this.held.size === 0;
  }

  /** Nothing may be left once the faults have stopped. */
  quiet(): void {
    if (!this.isQuiet()) this.broken(`${this.waiters.length} still wait, ${this.held.size} leases never ended`);
  }

  private accepted(command: KeyPoolCommand, events: readonly KeyPoolEvent[]): void {
    switch (command.type) {
      case 'RequestLease':
        if (has(events, 'LeaseRequested') === this.requests.has(command.requestId)) this.broken(`request ${command.requestId} taken twice or not at all`);
        break;
      case 'ReleaseLease': {
        const { leaseId } = command;
        if (!this.isOf(this.held.get(leaseId) ?? this.over.get(leaseId), command)) this.broken(`release of ${leaseId} with a token or holder not its own`);
        if (has(events, 'LeaseReleased') !== this.held.has(leaseId)) this.broken(`release of ${leaseId} had no effect, or a second one`);
        break;
      }
      case 'HeartbeatLease':
        if (!this.isOf(this.held.get(command.leaseId), command)) this.broken(`heartbeat of ${command.leaseId} accepted from no holder`);
        if (events.length > 0) this.broken('a heartbeat wrote an event');
        break;
      case 'TakePermits': {
        const lease = this.held.get(command.leaseId);
        if (!this.isOf(lease, command)) this.broken(`permits given to no holder of ${command.leaseId}`);
        if (has(events, 'PermitsTaken') !== (this.keyOf(lease!.keyId).rpm !== null)) this.broken(`permits of ${command.leaseId} not counted, or without need`);
        break;
      }
      case 'ExpireLease': {
        const isHeld = this.held.get(command.leaseId)?.token === command.token;
        if (has(events, 'LeaseExpired') !== isHeld) this.broken(`expiry of ${command.leaseId} had no effect, or one that its token does not allow`);
        break;
      }
      case 'CancelTicket': {
        const waiter = this.waiterOf(command.ticketId);
        if (waiter && waiter.holder !== command.holder) this.broken(`${command.holder} cancelled the ticket of ${waiter.holder}`);
        break;
      }
      case 'AddProviderKey': case 'RevokeLease': case 'TimeOutTicket': case 'WithdrawTenant': case 'Tick':
        break;
      default:
        if (!this.isManaged(command)) this.broken(`${command.type} on key ${command.keyId} of somebody else`);
    }
  }

  /** What the command asked for is so now. */
  private cameTrue(command: KeyPoolCommand, now: number): void {
    switch (command.type) {
      case 'WithdrawTenant': {
        const left = [...this.held.values(), ...this.waiters].filter(({ tenant }) => tenant === command.tenant).length;
        if (left > 0) this.broken(`${left} leases and tickets of ${command.tenant} outlived its withdrawal`);
        break;
      }
      case 'ReleaseLease': case 'RevokeLease': case 'ExpireLease':
        if (command.type === 'ExpireLease' && this.held.get(command.leaseId)?.token !== command.token) break;
        if (this.held.has(command.leaseId)) this.broken(`lease ${command.leaseId} outlived its end (${command.type})`);
        break;
      case 'CancelTicket': case 'TimeOutTicket':
        if (this.waiterOf(command.ticketId)) this.broken(`ticket ${command.ticketId} outlived ${command.type}`);
        break;
      case 'RemoveProviderKey':
        if (this.keys.some(({ id }) => id === command.keyId)) this.broken(`key ${command.keyId} outlived its removal`);
        break;
      case 'RequestLease': case 'HeartbeatLease': case 'TakePermits': case 'AddProviderKey': case 'Tick':
        break;
      default: {
        const key = this.keyOf(command.keyId);
        if (!this.hasBecome(key, command, now)) this.broken(`${command.type} did not change key ${key.id} as asked`);
      }
    }
  }

  private hasBecome(
    key: Key,
    command: CommandOf<'ChangeProviderKey' | 'RotateProviderKey' | 'DeactivateProviderKey' | 'ActivateProviderKey' | 'CoolDownProviderKey' | 'RecoverProviderKey'>,
    now: number,
  ): boolean {
    switch (command.type) {
      case 'ChangeProviderKey': {
        const { name, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt } = command;
        const asked = [[name, key.name], [concurrencyLimit, key.limit], [rpmLimit, key.rpm], [priority, key.priority], [tenantScope, key.scope], [expiresAt, key.expiresAt]];
        return asked.every(([wanted, is]) => wanted === undefined || wanted === is);
      }
      case 'RotateProviderKey': {
        const old = [...this.held.values()].some(({ keyId, secretRef }) => keyId === key.id && secretRef !== command.secretRef);
        return key.secretRef === command.secretRef && key.fingerprint === command.fingerprint && !(command.revokeLeases && old);
      }
      case 'DeactivateProviderKey':
        return key.isInactive;
      case 'ActivateProviderKey':
        return !key.isInactive;
      case 'CoolDownProviderKey':
        return command.until <= now || key.coolsUntil >= command.until;
      case 'RecoverProviderKey':
        return key.coolsUntil <= now;
      default:
        return command satisfies never;
    }
  }

  private refused(command: KeyPoolCommand, rule: string, now: number): void {
    if (!this.mayRefuse(command, rule, now)) this.broken(`${command.type} refused by ${rule}`);
  }

  /** Whether the refusal is right as things stand. */
  private mayRefuse(command: KeyPoolCommand, rule: string, now: number): boolean {
    switch (rule) {
      case 'stale_lease':
      case 'lease_unknown': {
        if (command.type === 'RevokeLease') return !this.maySeize(command);
        const { leaseId } = command as CommandOf<'ReleaseLease'>;
        this.counted.stale++;
        return !this.isOf(this.held.get(leaseId), command as CommandOf<'ReleaseLease'>);
      }
      case 'ticket_unknown': {
        const { ticketId, holder } = command as CommandOf<'CancelTicket'>;
        this.counted.strangers++;
        return this.waiterOf(ticketId)?.holder !== holder;
      }
      case 'no_key_free': {
        const request = command as CommandOf<'RequestLease'>;
        return this.servable(now) !== undefined || this.freeFor(request, now).length === 0;
      }
      case 'rpm': {
        const { leaseId, units } = command as CommandOf<'TakePermits'>;
        const lease = this.held.get(leaseId);
        if (!this.isOf(lease, command as CommandOf<'TakePermits'>)) return false;
        const key = this.keyOf(lease!.keyId);
        this.counted.permitsRefused++;
        return key.rpm !== null && recent(key, now) + units > key.rpm;
      }
      case 'pool_unknown':
        return this.keys.length === 0;
      case 'provider_key_unknown': {
        this.counted.strangers++;
        if (command.type !== 'RequestLease') return !this.isManaged(command as CommandOf<'RemoveProviderKey'>);
        const key = this.keys.find(({ id }) => id === command.keyId);
        return !key || !isOpenTo(key, command.tenant);
      }
      case 'provider_key_leased':
        return this.keyOf((command as CommandOf<'RemoveProviderKey'>).keyId).active > 0;
      case 'provider_key_name_taken': {
        const { keyId, name } = command as CommandOf<'ChangeProviderKey'>;
        return this.keys.some((key) => key.id !== keyId && key.name === name && key.owner === ownerIn(command, this.keys));
      }
      case 'provider_key_known': {
        const { fingerprint } = command as CommandOf<'RotateProviderKey'>;
        return this.keys.some((key) => key.fingerprint === fingerprint && key.owner === ownerIn(command, this.keys));
      }
      case 'lease_not_due':
      case 'ticket_not_due':
        return true;
      default:
        return false;
    }
  }

  private event(event: KeyPoolEvent, cause: KeyPoolCommand): void {
    if (event.type === 'ProviderKeyRotated') this.rotation = cause;
    const { data } = event;
    if (data.at < this.clock) this.broken(`the clock went back from ${this.clock} to ${data.at}`);
    this.clock = data.at;
    if (CAUSES[event.type]?.includes(cause.type) === false) this.broken(`${cause.type} caused ${event.type}`);
    switch (event.type) {
      case 'ProviderKeyAdded':
        this.keys.push(newKey(event.data));
        break;
      case 'LeaseRequested':
        this.requested(event.data, cause as CommandOf<'RequestLease'>);
        break;
      case 'LeaseGranted':
        this.grant(event.data, cause);
        break;
      case 'LeaseReleased':
        this.counted.releases++;
        this.end(event.data, 'released');
        break;
      case 'PermitsTaken':
        this.takePermits(event.data, cause as CommandOf<'TakePermits'>);
        break;
      case 'LeaseExpired':
        this.counted.expiries++;
        if (!this.lapsed.has(event.data.leaseId)) this.broken(`lease ${event.data.leaseId} expired although it never lapsed`);
        this.end(event.data, 'expired');
        break;
      case 'LeaseRevoked':
        this.revoked(event.data, cause);
        break;
      case 'TicketCancelled': {
        const waiter = this.leave(event.data.ticketId);
        const asked = cause.type === 'WithdrawTenant' ? cause.tenant === waiter.tenant : (cause as CommandOf<'CancelTicket'>).ticketId === waiter.ticketId;
        if (!asked || event.data.tenant !== waiter.tenant) this.broken(`ticket ${waiter.ticketId} of ${waiter.tenant} was cancelled by ${cause.type}`);
        this.requests.set(waiter.requestId, { standing: 'cancelled', ticketId: waiter.ticketId });
        if (cause.type === 'WithdrawTenant') this.counted.withdrawals++;
        else this.counted.cancellations++;
        break;
      }
      case 'TicketTimedOut': {
        const waiter = this.leave(event.data.ticketId);
        if (waiter.deadline > data.at) this.broken(`ticket ${waiter.ticketId} timed out early`);
        this.requests.set(waiter.requestId, { standing: 'timedOut', ticketId: waiter.ticketId });
        this.counted.timeOuts++;
        break;
      }
      default:
        this.keyEvent(event, cause as CommandOf<'ChangeProviderKey'>);
    }
  }

  private keyEvent(
    event: Extract<KeyPoolEvent, { type: `ProviderKey${'Changed' | 'Rotated' | 'Deactivated' | 'Activated' | 'CooledDown' | 'Recovered' | 'Removed'}` }>,
    cause: { keyId: string },
  ): void {
    const key = this.keyOf(event.data.keyId);
    if (cause.keyId !== key.id || event.data.tenant !== key.owner) this.broken(`${event.type} of key ${key.id} instead of ${cause.keyId}, as if of ${event.data.tenant}`);
    switch (event.type) {
      case 'ProviderKeyChanged':
        this.counted.keysChanged++;
        change(key, event.data);
        break;
      case 'ProviderKeyRotated':
        this.counted.keysRotated++;
        key.fingerprint = event.data.fingerprint;
        key.secretRef = event.data.secretRef;
        break;
      case 'ProviderKeyDeactivated':
        this.counted.keysDeactivated++;
        key.isInactive = true;
        break;
      case 'ProviderKeyActivated':
        this.counted.keysActivated++;
        key.isInactive = false;
        break;
      case 'ProviderKeyCooledDown':
        this.counted.keysCooledDown++;
        if (event.data.until <= key.coolsUntil) this.broken(`the rest of key ${key.id} was cut short`);
        key.coolsUntil = event.data.until;
        break;
      case 'ProviderKeyRecovered':
        this.counted.keysRecovered++;
        key.coolsUntil = 0;
        break;
      case 'ProviderKeyRemoved':
        this.counted.keysRemoved++;
        if (key.active > 0) this.broken(`key ${key.id} removed while ${key.active} leases hold it`);
        this.keys.splice(this.keys.indexOf(key), 1);
        break;
      default:
        event satisfies never;
    }
  }

  private requested(data: DataOf<'LeaseRequested'>, cause: CommandOf<'RequestLease'>): void {
    const { ticketId, requestId, tenant, holder, ttlMs, maxWaitMs, keyId, at } = data;
    const asAsked = ticketId === cause.ticketId && requestId === cause.requestId && tenant === cause.tenant && holder === cause.holder
      && ttlMs === cause.ttlMs && maxWaitMs === cause.maxWaitMs && keyId === cause.keyId;
    if (!asAsked) this.broken(`request ${cause.requestId} was taken down as another`);
    this.waiters.push({ ticketId, requestId, tenant, holder, ttlMs, keyId, deadline: at + maxWaitMs });
    this.requests.set(requestId, { standing: 'waiting', ticketId });
  }

  private grant(data: DataOf<'LeaseGranted'>, cause: KeyPoolCommand): void {
    const { leaseId, ticketId, keyId, token, at, ttlMs, holder, tenant } = data;
    const waiter = this.waiterOf(ticketId);
    if (!waiter) return this.broken(`lease for ${ticketId}, which does not wait`);
    const justCame = cause.type === 'RequestLease' && cause.ticketId === ticketId;
    if (waiter.deadline <= at && !justCame) this.broken(`ticket ${ticketId} served after its wait limit`);
    const due = this.servable(at) ?? waiter;
    if (due !== waiter && this.waiters.indexOf(due) < this.waiters.indexOf(waiter)) this.broken(`${ticketId} overtook ${due.ticketId}`);
    const [best] = this.freeFor(waiter, at);
    if (best?.id !== keyId) return this.broken(`${keyId} was given, ${best?.id ?? 'none'} was due`);
    if (token !== this.token + 1) this.broken(`token ${token} after ${this.token}`);
    if (leaseId !== ticketId || this.held.has(leaseId) || this.over.has(leaseId)) this.broken(`lease ${leaseId} granted twice, or under another id`);
    if (holder !== waiter.holder || tenant !== waiter.tenant || ttlMs !== waiter.ttlMs) this.broken(`lease ${leaseId} is not as it was asked for`);
    this.token = token;
    this.leave(ticketId);
    best.active++;
    if (best.active > best.limit) this.broken(`${best.active} leases on ${keyId}, its limit is ${best.limit}`);
    this.count(best, 1, at);
    this.held.set(leaseId, { requestId: waiter.requestId, keyId, token, holder, tenant, ttlMs, secretRef: best.secretRef });
    this.requests.set(waiter.requestId, { standing: 'granted', ticketId, token, keyId });
    this.counted.grants++;
    if (waiter.keyId !== undefined) this.counted.pinnedGrants++;
  }

  private takePermits({ leaseId, keyId, token, tenant, units, at }: DataOf<'PermitsTaken'>, cause: CommandOf<'TakePermits'>): void {
    const lease = this.held.get(leaseId);
    const asAsked = lease?.keyId === keyId && lease.token === token && lease.tenant === tenant && cause.leaseId === leaseId && cause.units === units;
    if (!asAsked) this.broken(`permits of ${leaseId} are not as they were asked for`);
    this.count(this.keyOf(keyId), units, at);
    this.counted.permits += units;
  }

  /** Calls to the vendor from `at` on. */
  private count(key: Key, units: number, at: number): void {
    for (let unit = 0; unit < units; unit++) key.permits.push(at);
    const inWindow = recent(key, at);
    if (key.rpm !== null && inWindow > key.rpm) this.broken(`${inWindow} calls on ${key.id} in 60 s, its limit is ${key.rpm}`);
  }

  private end({ leaseId, token, keyId }: { leaseId: string; token: number; keyId: string }, how: Ending): void {
    const lease = this.held.get(leaseId);
    if (!lease || lease.token !== token || lease.keyId !== keyId) return this.broken(`lease ${leaseId} ${how} without being held like that`);
    this.held.delete(leaseId);
    this.over.set(leaseId, lease);
    this.requests.set(lease.requestId, { standing: how, ticketId: leaseId });
    this.keyOf(keyId).active--;
  }

  /** Somebody who may asked for it. */
  private revoked(data: DataOf<'LeaseRevoked'>, cause: KeyPoolCommand): void {
    const { leaseId, tenant } = data;
    const lease = this.held.get(leaseId);
    if (lease?.tenant !== tenant) return this.broken(`lease ${leaseId} was taken away as if of ${tenant}`);
    const asked = cause.type === 'WithdrawTenant' ? cause.tenant === tenant
      : cause.type === 'RevokeLease' ? cause.leaseId === leaseId && this.maySeize(cause)
        : cause.type === 'RotateProviderKey' && cause.revokeLeases && cause.keyId === lease.keyId
          // A command that comes late may rotate back to a secret that older leases have; a repeat spares those that got it.
          && (this.rotation === cause || lease.secretRef !== cause.secretRef);
    if (!asked) this.broken(`lease ${leaseId} of ${tenant} was taken away by ${cause.type}`);
    this.end(data, 'revoked');
    if (cause.type === 'WithdrawTenant') this.counted.withdrawals++;
    else this.counted.revocations++;
  }

  private maySeize({ leaseId, tenant }: CommandOf<'RevokeLease'>): boolean {
    const lease = this.held.get(leaseId);
    return lease !== undefined && (lease.tenant === tenant || this.keyOf(lease.keyId).owner === tenant);
  }

  private isOf(lease: Held | undefined, { token, holder }: { token: number; holder: string }): boolean {
    return lease !== undefined && lease.token === token && lease.holder === holder;
  }

  /** Whether the key is there for whoever sent the command; the server itself names no owner. */
  private isManaged({ keyId, owner }: { keyId: string; owner?: string }): boolean {
    return this.keys.some((key) => key.id === keyId && (owner === undefined || key.owner === owner));
  }

  private keyOf(keyId: string): Key {
    return this.keys.find(({ id }) => id === keyId) ?? this.broken(`there is no key ${keyId}`);
  }

  private waiterOf(ticketId: string): Waiter | undefined {
    return this.waiters.find((waiter) => waiter.ticketId === ticketId);
  }

  private leave(ticketId: string): Waiter {
    const waiter = this.waiterOf(ticketId) ?? this.broken(`ticket ${ticketId} left without waiting`);
    this.waiters.splice(this.waiters.indexOf(waiter), 1);
    return waiter;
  }

  private noneServable(now: number, after: string): void {
    const servable = this.servable(now);
    if (servable) this.broken(`${servable.ticketId} could be served after ${after}`);
  }

  private servable(now: number): Waiter | undefined {
    if (this.waiters.length === 0) return undefined;
    const free = this.keys.filter((key) => isFree(key, now));
    if (free.length === 0) return undefined;
    return this.waiters.find((waiter) => waiter.deadline > now && free.some((key) => fits(key, waiter)));
  }

  private told(requestId: string, told: RequestStanding | undefined): void {
    const is = this.requests.get(requestId)!;
    const secretRef = is.keyId === undefined ? undefined : this.keyOf(is.keyId).secretRef;
    const right = told?.standing === is.standing && told.ticketId === is.ticketId && told.lease?.token === is.token && told.lease?.keyId === is.keyId
      && told.secretRef === secretRef;
    if (!right) this.broken(`told ${JSON.stringify(told)} where ${JSON.stringify(is)} is true`);
  }

  /** Free keys for a request, the one to give first. */
  private freeFor(request: { tenant: string; keyId?: string | undefined }, now: number): Key[] {
    return this.keys
      .filter((key) => fits(key, request) && isFree(key, now))
      .sort((a, b) => b.priority - a.priority || a.active / a.limit - b.active / b.limit || share(a, now) - share(b, now)
        || (a.id < b.id ? -1 : 1));
  }

  private broken(violation: string): never {
    throw new Violation(violation);
  }
}

const has = (events: readonly KeyPoolEvent[], type: KeyPoolEvent['type']): boolean => events.some((event) => event.type === type);

function newKey(data: DataOf<'ProviderKeyAdded'>): Key {
  const { keyId, name, fingerprint, secretRef, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt = null } = data;
  return {
    id: keyId, owner: secretRef.split('/')[0]!, name, fingerprint, secretRef, limit: concurrencyLimit, rpm: rpmLimit, priority, scope: tenantScope,
    active: 0, permits: [], isInactive: false, expiresAt, coolsUntil: 0,
  };
}

function change(key: Key, { name, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt }: DataOf<'ProviderKeyChanged'>): void {
  if (name !== undefined) key.name = name;
  if (concurrencyLimit !== undefined) key.limit = concurrencyLimit;
  if (priority !== undefined) key.priority = priority;
  if (tenantScope !== undefined) key.scope = tenantScope;
  if (expiresAt !== undefined) key.expiresAt = expiresAt;
  if (rpmLimit !== undefined) key.rpm = rpmLimit;
}

/** Owner that a command about a key speaks for. */
function ownerIn(command: KeyPoolCommand, keys: readonly Key[]): string | undefined {
  if (command.type === 'AddProviderKey') return command.secretRef.split('/')[0];
  return keys.find(({ id }) => 'keyId' in command && id === command.keyId)?.owner;
}

const isOpenTo = ({ scope }: Key, tenant: string): boolean => scope === '*' || scope.split(',').includes(tenant);
const fits = (key: Key, { tenant, keyId }: { tenant: string; keyId?: string | undefined }): boolean =>
  (keyId === undefined || key.id === keyId) && isOpenTo(key, tenant);

const isFree = (key: Key, now: number): boolean =>
  key.active < key.limit && !key.isInactive && (key.expiresAt === null || now < key.expiresAt) && now >= key.coolsUntil
  && (key.rpm === null || recent(key, now) < key.rpm);

const recent = ({ permits }: Key, now: number): number => {
  let first = permits.length;
  while (first > 0 && permits[first - 1]! > now - 60_000) first--;
  return permits.length - first;
};
const share = (key: Key, now: number): number => (key.rpm === null ? 0 : recent(key, now) / key.rpm);
