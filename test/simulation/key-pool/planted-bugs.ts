import { keyPool, type KeyPoolCommand } from '../../../commands/key-pool/decider';
import type { KeyPoolState } from '../../../commands/key-pool/state';
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
}

export const sound: Rules = { aggregate: keyPool, resendsLost: false, refusesEarly: false, revives: false, judgedTtl: (ttlMs) => ttlMs };

const inEvents = (change: (event: KeyPoolEvent, state: KeyPoolState) => KeyPoolEvent): Rules =>
  ({ ...sound, aggregate: { ...keyPool, evolve: (state, event) => keyPool.evolve(state, change(event, state)) } });

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

const onKey = (change: (data: Extract<KeyPoolEvent, { type: 'ProviderKeyAdded' }>['data']) => object): Rules =>
  inEvents((event) => (event.type === 'ProviderKeyAdded' ? { ...event, data: { ...event.data, ...change(event.data) } } : event));

const onGrant = (change: (data: Extract<KeyPoolEvent, { type: 'LeaseGranted' }>['data']) => object): Rules =>
  inEvents((event) => (event.type === 'LeaseGranted' ? { ...event, data: { ...event.data, ...change(event.data) } } : event));

const withoutDrainAfter = (type: KeyPoolCommand['type']): Rules =>
  inDecisions((events, _state, command) => (command.type === type ? events.slice(0, 1) : events));

/** Bugs that the judge must see; each is one small slip in otherwise sound rules. */
export const plantedBugs: Readonly<Record<string, Rules>> = {
  'the clock is not clamped': {
    ...sound,
    aggregate: { ...keyPool, decide: (state, command) => keyPool.decide({ ...state, now: 0 }, command) },
  },
  'priority is inverted': onKey(({ priority }) => ({ priority: -priority })),
  'rpm is off by one': onKey(({ rpmLimit }) => ({ rpmLimit: rpmLimit === null ? null : rpmLimit + 1 })),
  'concurrency is off by one': onKey(({ concurrencyLimit }) => ({ concurrencyLimit: concurrencyLimit + 1 })),
  'rpm counts calendar minutes': onGrant(({ at }) => ({ at: at - (at % 60_000) })),
  'the token does not rise': onGrant(() => ({ token: 0 })),
  'scopes are ignored': onKey(() => ({ tenantScope: '*' })),
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
        if (event.type === 'LeaseRequested') for (const { queue } of next.waiting) queue.items.sort((a, b) => b.seq - a.seq);
        return next;
      },
    },
  },
  'a lease ends by the TTL of another': { ...sound, judgedTtl: (ttlMs) => Math.min(ttlMs, 10_000) },
  'a late heartbeat revives a lapsed lease': { ...sound, revives: true },
};
