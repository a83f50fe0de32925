import { keyPool, type KeyPoolCommand } from '../../../commands/key-pool/decider';
import { nextWakeAt } from '../../../commands/key-pool/diagnosis';
import { isLimited, newWindow } from '../../../commands/key-pool/rate-window';
import type { KeyPoolState, ProviderKey, Ticket } from '../../../commands/key-pool/state';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';

/** What a world runs on: the product's rules, or those with a bug in them. */
export interface Rules {
  aggregate: typeof keyPool;
  /** A lost append is sent again at the new revision instead of being decided again. */
  resendsLost: boolean;
  /** Refusals go out before the append they were decided on. */
  refusesEarly: boolean;
  /** A late heartbeat brings a marked lease back. */
  revives: boolean;
  /** TTL by which the beat table judges, from the lease's own. */
  judgedTtl(ttlMs: number): number;
  /** When a keeper looks at the queue again without being asked. */
  wakeAt(state: KeyPoolState): number | undefined;
}

export const sound: Rules = {
  aggregate: keyPool, resendsLost: false, refusesEarly: false, revives: false, judgedTtl: (ttlMs) => ttlMs, wakeAt: nextWakeAt,
};

type Evolve = (state: KeyPoolState, event: KeyPoolEvent) => KeyPoolState;
const inEvolving = (evolve: Evolve): Rules => ({ ...sound, aggregate: { ...keyPool, evolve } });

const inEvents = (change: (event: KeyPoolEvent, state: KeyPoolState) => KeyPoolEvent): Rules =>
  inEvolving((state, event) => keyPool.evolve(state, change(event, state)));

const unheard = (isUnheard: (event: KeyPoolEvent, state: KeyPoolState) => boolean): Rules =>
  inEvolving((state, event) => (isUnheard(event, state) ? onlyLater(state, event) : keyPool.evolve(state, event)));

/** The state after an event of which nothing is heard but when it was. */
function onlyLater(state: KeyPoolState, event: KeyPoolEvent): KeyPoolState {
  state.now = Math.max(state.now, event.data.at);
  return state;
}

const inCommands = (change: (command: KeyPoolCommand, state: KeyPoolState) => KeyPoolCommand): Rules =>
  ({ ...sound, aggregate: { ...keyPool, decide: (state, command) => keyPool.decide(state, change(command, state)) } });

type ChangeEvents = (events: readonly KeyPoolEvent[], state: KeyPoolState, command: KeyPoolCommand) => readonly KeyPoolEvent[];

const inDecisions = (change: ChangeEvents): Rules => ({
  ...sound,
  aggregate: {
    ...keyPool,
    decide(state, command) {
      const decision = keyPool.decide(state, command);
      return 'events' in decision ? { events: change(decision.events, state, command) } : decision;
    },
  },
});

type DataOf<Type extends KeyPoolEvent['type']> = Extract<KeyPoolEvent, { type: Type }>['data'];

const on = <Type extends KeyPoolEvent['type']>(type: Type, change: (data: DataOf<Type>) => object): Rules =>
  inEvents((event) => (event.type === type ? { ...event, data: { ...event.data, ...change(event.data as DataOf<Type>) } } as KeyPoolEvent : event));

/** Changes what an event says of a key's limits, when it is added as well as later. */
const onLimits = (change: (limits: Partial<DataOf<'ProviderKeyAdded'>>) => object): Rules => inEvents((event) => {
  if (event.type !== 'ProviderKeyAdded' && event.type !== 'ProviderKeyChanged') return event;
  return { ...event, data: { ...event.data, ...change(event.data) } } as KeyPoolEvent;
});

const withoutDrainAfter = (type: KeyPoolCommand['type']): Rules =>
  inDecisions((events, _state, command) => (command.type === type ? events.filter((event) => event.type !== 'LeaseGranted') : events));

const asIf = <Type extends KeyPoolCommand['type']>(
  type: Type, change: (command: Extract<KeyPoolCommand, { type: Type }>, state: KeyPoolState) => Partial<Extract<KeyPoolCommand, { type: Type }>>,
): Rules => inCommands((command, state) => (command.type === type
  ? { ...command, ...change(command as Extract<KeyPoolCommand, { type: Type }>, state) } : command));

/** A key as the aggregate changes it, of which a bug may change more. */
const keyOf = (state: KeyPoolState, { keyId }: { keyId: string }): ProviderKey => state.keys.get(keyId)!;

/** Bugs that the judge must see; each is one small slip in otherwise sound rules. */
export const plantedBugs: Readonly<Record<string, Rules>> = {
  'the clock is not clamped': {
    ...sound,
    aggregate: { ...keyPool, decide: (state, command) => keyPool.decide({ ...state, now: 0 }, command) },
  },
  'priority is inverted': onLimits(({ priority }) => (priority === undefined ? {} : { priority: -priority })),
  'rpm is off by one': onLimits(({ rpmLimit }) => (typeof rpmLimit === 'number' ? { rpmLimit: rpmLimit + 1 } : {})),
  'concurrency is off by one': onLimits(({ concurrencyLimit }) => (concurrencyLimit === undefined ? {} : { concurrencyLimit: concurrencyLimit + 1 })),
  'rpm counts calendar minutes': on('LeaseGranted', ({ at }) => ({ at: at - (at % 60_000) })),
  'the token does not rise': on('LeaseGranted', () => ({ token: 0 })),
  'scopes are ignored': onLimits(({ tenantScope }) => (tenantScope === undefined ? {} : { tenantScope: '*' })),
  'a lost append is sent again instead of decided again': { ...sound, resendsLost: true },
  'a refusal does not wait for its append': { ...sound, refusesEarly: true },
  'the token is not checked': inCommands((command, state) => {
    const lease = 'token' in command ? state.leases.get(command.leaseId) : undefined;
    return lease ? { ...command, token: lease.token } as KeyPoolCommand : command;
  }),
  'the holder is not checked': inCommands((command, state) => {
    const lease = 'holder' in command && 'leaseId' in command ? state.leases.get(command.leaseId) : undefined;
    return lease ? { ...command, holder: lease.holder } as KeyPoolCommand : command;
  }),
  'a repeated request is a new one': inCommands((command) =>
    (command.type === 'RequestLease' ? { ...command, requestId: `${command.requestId}/${command.ticketId}` } : command)),
  'a release is not followed by a drain': withoutDrainAfter('ReleaseLease'),
  'an expiry is not followed by a drain': withoutDrainAfter('ExpireLease'),
  'a withdrawal leaves one behind': inDecisions((events, _state, command) => {
    const last = events.findLastIndex(({ type }) => type === 'LeaseRevoked' || type === 'TicketCancelled');
    return command.type === 'WithdrawTenant' && last >= 0 ? events.toSpliced(last, 1) : events;
  }),
  'a withdrawal is not followed by a drain': inDecisions((events, _state, command) =>
    (command.type === 'WithdrawTenant' ? events.filter(({ type }) => type !== 'LeaseGranted') : events)),
  'the head of the queue blocks everybody': inDecisions((events, state) => {
    const [oldest] = [...state.tickets.values()].sort((a, b) => a.seq - b.seq);
    const blocked = events.findIndex(({ type, data }) => type === 'LeaseGranted' && oldest && data.ticketId !== oldest.id);
    return blocked < 0 ? events : events.slice(0, blocked);
  }),
  'the newest is served first': {
    ...sound,
    aggregate: {
      ...keyPool,
      evolve(state, event) {
        const next = keyPool.evolve(state, event);
        if (event.type === 'LeaseRequested') {
          for (const { queue } of next.waiting) Object.assign(queue, { items: queue.items.slice(queue.head).sort((a, b) => b.seq - a.seq), head: 0 });
        }
        return next;
      },
    },
  },
  'a lease ends by the TTL of another': { ...sound, judgedTtl: (ttlMs) => Math.min(ttlMs, 10_000) },
  'a late heartbeat revives a lapsed lease': { ...sound, revives: true },
  'a cool-down is ignored': unheard(({ type }) => type === 'ProviderKeyCooledDown'),
  'a cool-down can be cut short': inCommands((command, state) => {
    const key = command.type === 'CoolDownProviderKey' ? state.keys.get(command.keyId) : undefined;
    if (key && command.type === 'CoolDownProviderKey' && command.until < key.coolsUntil) key.coolsUntil = 0;
    return command;
  }),
  'recovering does not end a cool-down': unheard(({ type }) => type === 'ProviderKeyRecovered'),
  'the end of a cool-down wakes nobody': {
    ...sound,
    wakeAt: (state) => ([...state.keys.values()].some(({ coolsUntil }) => coolsUntil >= state.now - 60_000) ? undefined : nextWakeAt(state)),
  },
  'the reopening of a rate wakes nobody': {
    ...sound, wakeAt: (state) => ([...state.keys.values()].some(({ window }) => isLimited(window)) ? undefined : nextWakeAt(state)),
  },
  'an inactive key is granted': unheard(({ type }) => type === 'ProviderKeyDeactivated'),
  'an active key is not granted': unheard(({ type }) => type === 'ProviderKeyActivated'),
  'an expired key is granted': onLimits(({ expiresAt }) => (expiresAt === undefined ? {} : { expiresAt: null })),
  'a key expires one second late': onLimits(({ expiresAt }) => (typeof expiresAt === 'number' ? { expiresAt: expiresAt + 1_000 } : {})),
  'permits are not counted': unheard(({ type }) => type === 'PermitsTaken'),
  'a block of permits counts as one': on('PermitsTaken', () => ({ units: 1 })),
  'permits are given beyond the rate': {
    ...sound,
    aggregate: {
      ...keyPool,
      decide(state, command) {
        const decision = keyPool.decide(state, command);
        if (command.type !== 'TakePermits' || 'events' in decision || decision.refusal.rule !== 'rpm') return decision;
        const { id, keyId, token, tenant } = state.leases.get(command.leaseId)!;
        return { events: [{ type: 'PermitsTaken', data: { leaseId: id, keyId, token, tenant, units: command.units, at: Math.max(state.now, command.now) } }] };
      },
    },
  },
  'a changed rate forgets what was used': inEvolving((state, event) => {
    keyPool.evolve(state, event);
    if (event.type === 'ProviderKeyChanged' && typeof event.data.rpmLimit === 'number') keyOf(state, event.data).window = newWindow(event.data.rpmLimit);
    return state;
  }),
  'a rate where there was none forgets the grants before it': inEvolving((state, event) => {
    const wasLimited = event.type === 'ProviderKeyChanged' && isLimited(keyOf(state, event.data).window);
    keyPool.evolve(state, event);
    if (event.type === 'ProviderKeyChanged' && typeof event.data.rpmLimit === 'number' && !wasLimited) keyOf(state, event.data).window = newWindow(event.data.rpmLimit);
    return state;
  }),
  'a lowered limit is not heard of': inEvents((event, state) => {
    if (event.type !== 'ProviderKeyChanged' || (event.data.concurrencyLimit ?? Infinity) >= keyOf(state, event.data).concurrencyLimit) return event;
    const { concurrencyLimit: _, ...data } = event.data;
    return { ...event, data };
  }),
  'a changed scope is not heard of': inEvents((event) => {
    if (event.type !== 'ProviderKeyChanged') return event;
    const { tenantScope: _, ...data } = event.data;
    return { ...event, data };
  }),
  'a request that names a key gets another while it waits': on('LeaseRequested', () => ({ keyId: undefined })),
  'a request that names a key is taken for any other': asIf('RequestLease', () => ({ keyId: undefined } as object)),
  'who names a key jumps the queue': inEvolving((state, event) => {
    keyPool.evolve(state, event);
    if (event.type === 'LeaseRequested' && event.data.keyId !== undefined) (state.tickets.get(event.data.ticketId) as { seq: Ticket['seq'] }).seq = -1;
    return state;
  }),
  'who names a key goes last': inEvolving((state, event) => {
    keyPool.evolve(state, event);
    if (event.type === 'LeaseRequested' && event.data.keyId !== undefined) (state.tickets.get(event.data.ticketId) as { seq: Ticket['seq'] }).seq += 1e9;
    return state;
  }),
  'a revoked lease still counts': inEvolving((state, event) => {
    const lease = event.type === 'LeaseRevoked' ? state.leases.get(event.data.leaseId) : undefined;
    keyPool.evolve(state, event);
    if (lease) keyOf(state, lease).active++;
    return state;
  }),
  'anybody may revoke a lease': asIf('RevokeLease', ({ leaseId }, state) => {
    const lease = state.leases.get(leaseId);
    return lease ? { tenant: lease.tenant } : {};
  }),
  'a revocation is not followed by a drain': withoutDrainAfter('RevokeLease'),
  'anybody may cancel a ticket': asIf('CancelTicket', ({ ticketId }, state) => {
    const ticket = state.tickets.get(ticketId);
    return ticket ? { holder: ticket.holder } : {};
  }),
  'a cancelled ticket stays in the queue': inDecisions((events, _state, command) =>
    (command.type === 'CancelTicket' ? events.filter(({ type }) => type !== 'TicketCancelled') : events)),
  'a leased key is removed': {
    ...sound,
    aggregate: {
      ...keyPool,
      decide(state, command) {
        const decision = keyPool.decide(state, command);
        if (command.type !== 'RemoveProviderKey' || 'events' in decision || decision.refusal.rule !== 'provider_key_leased') return decision;
        const { id, owner } = keyOf(state, command);
        return { events: [{ type: 'ProviderKeyRemoved', data: { keyId: id, tenant: owner, at: Math.max(state.now, command.now) } }] };
      },
      evolve: (state, event) => (event.type === 'ProviderKeyRemoved' && keyOf(state, event.data).active > 0 ? state : keyPool.evolve(state, event)),
    },
  },
  'a removed key is granted': unheard(({ type }) => type === 'ProviderKeyRemoved'),
  'a rotation leaves the leases that it should end': asIf('RotateProviderKey', () => ({ revokeLeases: false })),
  'a rotation ends leases that it should leave': asIf('RotateProviderKey', () => ({ revokeLeases: true })),
  'a rotation ends one lease only': inDecisions((events, _state, command) => {
    const last = events.findLastIndex(({ type }) => type === 'LeaseRevoked');
    return command.type === 'RotateProviderKey' && last > 1 ? events.toSpliced(last, 1) : events;
  }),
  'a lease is answered with the secret from before the rotation': on('ProviderKeyRotated', () => ({ secretRef: 'operator/old' })),
  'anybody may change a key': inCommands((command, state) => {
    const key = 'owner' in command ? state.keys.get(command.keyId) : undefined;
    return key ? { ...command, owner: key.owner } as KeyPoolCommand : command;
  }),
  'an activation is not followed by a drain': withoutDrainAfter('ActivateProviderKey'),
  'a recovery is not followed by a drain': withoutDrainAfter('RecoverProviderKey'),
  'a raised limit is not followed by a drain': withoutDrainAfter('ChangeProviderKey'),
};
