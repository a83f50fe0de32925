import { randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import { pause, systemClock } from '../../src/event-store/clock';
import type { Db } from '../../src/graphql/context';
import type { Log } from '../../src/postgres/log';
import { keyPool, type KeyPoolCommand } from './decider';
import { nextWakeAt } from './diagnosis';
import { powerless } from './holders';
import { closeEnded, databaseTime, dropOld, insertBeats, lapsedLeases, markLapsed } from './lease-beats';
import { overdueTickets } from './queue';
import type { KeyPoolState } from './state';

export interface KeyPoolKeeperOptions {
  commands: CommandRuntime;
  /** On the database of the views and of `lease_beat`. */
  db: Db;
  /** Tenants that may hold nothing now. */
  suspended: () => Promise<readonly string[]>;
  /** The clock that mutations use, to compare with the database's. */
  clock?: () => Date;
  log: Log;
  /** Longest time between two looks, in milliseconds. Default 1 s. */
  sweepMs?: number;
}

export interface KeyPoolKeeper {
  /** Ends after the look under way. */
  stop(): Promise<void>;
}

/** Shortest time between two looks. */
const SHORTEST_MS = 25;
/** Most leases, and most tickets, that one look ends in one pool. */
const ENDED_AT_ONCE = 500;
const CLEANING_MS = 3_600_000;
/** How often it is asked whether everybody who holds or waits still may. */
const JUDGING_MS = 2_000;
/** Clocks further apart than this spoil the rate windows of the pools. */
const TOLERATED_SKEW_MS = 500;
/** Namespace of the ids of the keeper's commands; must never change. */
const COMMAND_IDS = '2f0f7f0a-4c1c-5f6e-9a52-6f5f0f4f7c11';

/**
 * Does what is due in the pools without anybody asking: ends leases whose heartbeat has stopped, ends tickets past their
 * wait limit, takes from suspended tenants, deactivated people and deleted service clients what they hold and wait for,
 * and serves the queue when a rate window reopens or a key has rested. Every node runs one; they need not know of each
 * other, because whatever two of them do, the table and the log take once. All times are the database's.
 */
export function startKeyPoolKeeper({ commands, db, suspended, clock = () => new Date(), log, sweepMs = 1_000 }: KeyPoolKeeperOptions): KeyPoolKeeper {
  const stopping = new AbortController();
  /** When this keeper began to look: before that, it does not know whether anybody could beat. */
  let since: number | undefined;
  let cleanAt = 0;
  let judgeAt = 0;
  let skewed = false;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const wait = await look().catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'The key pools could not be looked after');
        return sweepMs;
      });
      await pause(systemClock, wait, stopping.signal);
    }
  }

  /** @returns milliseconds until the next look */
  async function look(): Promise<number> {
    const before = clock().getTime();
    const now = await databaseTime(db);
    since ??= now;
    compareClocks(now, before);
    await markLapsed(db, since);
    const without = new Set(await suspended());
    const judges = now >= judgeAt;
    if (judges) judgeAt = now + JUDGING_MS;
    const pools = await db.query<{ provider: string; tenant: string }>('select provider, min(tenant_id) as tenant from views.key_pools group by provider');
    const wakes = await Promise.all(pools.map(({ provider, tenant }) => tend(provider, tenant, { now, without, judges }).catch((error: unknown) => {
      log.warn({ provider, error: messageOf(error) }, 'A key pool could not be looked after');
      return undefined;
    })));
    if (now >= cleanAt) {
      await dropOld(db);
      cleanAt = now + CLEANING_MS;
    }
    const soonest = Math.min(...wakes.map((wake) => wake ?? Infinity));
    return Math.min(sweepMs, Math.max(SHORTEST_MS, soonest - now));
  }

  /** @returns when the pool has to be looked at again, if that is known */
  async function tend(provider: string, tenant: string, { now, without, judges }: Look): Promise<number | undefined> {
    const send = (command: KeyPoolCommand, commandId: string) => commands.execute(keyPool, provider, command, contextOf(commandId, tenant));
    const context = contextOf(randomUUID(), tenant);
    const tick = await commands.execute(keyPool, provider, { type: 'Tick', now }, context, (state) => survey(state, now, judges));
    if (!tick.accepted) return undefined;
    const { leases, token, overdue, tenants, holders, wakeAt } = tick.answer;
    await insertBeats(db, leases.map((lease) => ({ ...lease, provider })));
    await closeEnded(db, provider, leases.map(({ leaseId }) => leaseId), token);
    const lapsed = await lapsedLeases(db, provider, ENDED_AT_ONCE);
    // What is found silent for its TTL ends, also when a server whose clock was fast has granted it.
    const dueAt = new Map(leases.map(({ leaseId, grantedAt, ttlMs }) => [leaseId, grantedAt + ttlMs]));
    await Promise.all([
      ...lapsed.map((lease) => send({ type: 'ExpireLease', ...lease, now: Math.max(now, dueAt.get(lease.leaseId) ?? now) }, idOf('expire', provider, lease.leaseId, lease.token))),
      ...tenants.filter((name) => without.has(name)).map((name) =>
        send({ type: 'WithdrawTenant', tenant: name, reason: 'tenant_suspended', now }, randomUUID())),
      ...overdue.map((ticketId) => send({ type: 'TimeOutTicket', ticketId, now }, idOf('time out', provider, ticketId))),
    ]);
    await withdraw(provider, tenant, await powerless(db, holders));
    return wakeAt;
  }

  /** Takes what they hold and wait for: places first, so that no lease that becomes free falls to one of them. */
  async function withdraw(provider: string, tenant: string, holders: readonly string[]): Promise<void> {
    if (holders.length === 0) return;
    const { state } = await commands.load(keyPool, provider);
    const send = (command: KeyPoolCommand) => commands.execute(keyPool, provider, command, contextOf(randomUUID(), tenant));
    const now = await databaseTime(db);
    const theirs = <Item extends { holder: string }>(items: Map<string, Item>): Item[] =>
      [...items.values()].filter(({ holder }) => holders.includes(holder)).slice(0, ENDED_AT_ONCE);
    await Promise.all(theirs(state.tickets).map(({ id, holder }) => send({ type: 'CancelTicket', ticketId: id, holder, now })));
    await Promise.all(theirs(state.leases).map((lease) => send({ type: 'RevokeLease', leaseId: lease.id, tenant: lease.tenant, now })));
  }

  /** The database has read its clock somewhere between `before` and now by ours. */
  function compareClocks(now: number, before: number): void {
    const skewMs = before > now ? before - now : Math.min(0, clock().getTime() - now);
    const wasSkewed = skewed;
    skewed = Math.abs(skewMs) > TOLERATED_SKEW_MS;
    if (!skewed || wasSkewed) return;
    log.error({ skewMs }, 'The clocks of this server and of the database are too far apart: rate limits of provider keys suffer');
  }

  const done = run();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

interface Look {
  now: number;
  /** Tenants that may hold nothing. */
  without: ReadonlySet<string>;
  /** Whether it is time to ask about every holder. */
  judges: boolean;
}

/** What the keeper has to know of a pool. */
function survey(state: KeyPoolState, now: number, judges: boolean) {
  const { leases, tenantsWaiting, holdersWaiting, token } = state;
  const held = [...leases.values()];
  return {
    leases: held.map(({ id, token: own, grantedAt, ttlMs }) => ({ leaseId: id, token: own, grantedAt, ttlMs })),
    token,
    overdue: overdueTickets(state, now, ENDED_AT_ONCE).map(({ id }) => id),
    tenants: [...new Set([...tenantsWaiting.keys(), ...held.map(({ tenant }) => tenant)])],
    holders: judges ? [...new Set([...holdersWaiting.keys(), ...held.map(({ holder }) => holder)])] : [],
    wakeAt: nextWakeAt(state),
  };
}

function contextOf(commandId: string, tenant: string): CommandContext {
  return { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: 'key-pool-keeper' }, tenant };
}

/** The same on every node and at every try, so that the log takes it once. */
const idOf = (...what: readonly (string | number)[]): string => uuidv5(JSON.stringify(what), COMMAND_IDS);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
