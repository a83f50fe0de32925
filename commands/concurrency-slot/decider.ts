import { concurrencySlotEvents, type ConcurrencySlotEvent } from '../../schema/concurrency-slot/events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

/** Id of the one stream. */
export const SLOTS = 'all';

export interface Slot {
  readonly runId: string;
  readonly userId: string;
  readonly tenant: string;
  /** Which piece of work on the run it is for. */
  readonly term: number;
  /** From this time on it no longer counts. */
  readonly expiresAt: number;
}

export interface ConcurrencySlots {
  /** Newest time of any event. */
  now: number;
  /** By run. */
  slots: Map<string, Slot>;
}

interface ReserveSlot {
  type: 'ReserveSlot';
  runId: string;
  userId: string;
  tenant: string;
  term: number;
  ttlMs: number;
  /** Most pieces of work of one user at once. */
  userLimit: number;
  /** Most of everybody at once. */
  globalLimit: number;
  now: number;
}

interface RenewSlot {
  type: 'RenewSlot';
  runId: string;
  term: number;
  ttlMs: number;
  now: number;
}

/** `term` or an earlier one: work that was begun anew since keeps its slot. */
interface ReleaseSlot {
  type: 'ReleaseSlot';
  runId: string;
  term: number;
  how: 'ended' | 'cleared';
  now: number;
}

interface ExpireSlots {
  type: 'ExpireSlots';
  now: number;
}

/** `now` is in milliseconds since the epoch; limits come with the command, from the configuration. */
export type ConcurrencySlotCommand = ReserveSlot | RenewSlot | ReleaseSlot | ExpireSlots;

/** How much AI work goes on at once, over all tenants. A slot that nobody renews runs out, so that none is lost for ever. */
export const concurrencySlots: Aggregate<ConcurrencySlots, ConcurrencySlotCommand, typeof concurrencySlotEvents> = {
  category: 'concurrencySlots',
  events: concurrencySlotEvents,
  // The limit over everybody is one over all tenants.
  tenancy: 'shared',
  initial: () => ({ now: 0, slots: new Map() }),
  evolve,
  decide,
  copy: ({ now, slots }) => ({ now, slots: new Map(slots) }),
};

/** Works in place. */
function evolve(state: ConcurrencySlots, event: ConcurrencySlotEvent): ConcurrencySlots {
  const { runId, at } = event.data;
  state.now = Math.max(state.now, at);
  switch (event.type) {
    case 'SlotReserved': {
      const { userId, tenant, term = 1, expiresAt } = event.data;
      state.slots.set(runId, { runId, userId, tenant, term, expiresAt });
      return state;
    }
    case 'SlotRenewed': {
      const slot = state.slots.get(runId);
      if (slot) state.slots.set(runId, { ...slot, expiresAt: event.data.expiresAt });
      return state;
    }
    case 'SlotReleased':
      state.slots.delete(runId);
      return state;
    default:
      return event satisfies never;
  }
}

function decide(state: ConcurrencySlots, command: ConcurrencySlotCommand): Decision<ConcurrencySlotEvent> {
  const now = Math.max(state.now, command.now);
  switch (command.type) {
    case 'ReserveSlot':
      return reserveSlot(state, command, now);
    case 'RenewSlot':
      return renewSlot(state, command, now);
    case 'ReleaseSlot':
      return releaseSlot(state, command, now);
    case 'ExpireSlots':
      return { events: expired(state, now) };
    default:
      return command satisfies never;
  }
}

function reserveSlot(state: ConcurrencySlots, command: ReserveSlot, now: number): Decision<ConcurrencySlotEvent> {
  const { runId, userId, tenant, term, ttlMs, userLimit, globalLimit } = command;
  const live = [...state.slots.values()].filter(({ expiresAt }) => expiresAt > now);
  const held = live.find((slot) => slot.runId === runId);
  if (held && held.term >= term) return nothing;
  const others = live.filter((slot) => slot.runId !== runId);
  const mine = others.filter((slot) => slot.userId === userId).length;
  if (mine >= userLimit) {
    return refuse('E4291', 'user_concurrency', `You have ${mine} of at most ${userLimit} pieces of AI work going on.`, { details: { limit: userLimit, active: mine } });
  }
  if (others.length >= globalLimit) {
    const message = `This server has ${others.length} of at most ${globalLimit} pieces of AI work going on.`;
    return refuse('E4291', 'global_concurrency', message, { details: { limit: globalLimit, active: others.length } });
  }
  const reserved: ConcurrencySlotEvent = { type: 'SlotReserved', data: { runId, userId, tenant, term, expiresAt: now + ttlMs, at: now } };
  return { events: [...expired(state, now), reserved] };
}

function renewSlot(state: ConcurrencySlots, { runId, term, ttlMs }: RenewSlot, now: number): Decision<ConcurrencySlotEvent> {
  const slot = state.slots.get(runId);
  if (slot?.term !== term || slot.expiresAt <= now) return refuse('E4041', 'slot_unknown', 'This run has no slot.', { path: ['runId'] });
  if (slot.expiresAt >= now + ttlMs) return nothing;
  return { events: [{ type: 'SlotRenewed', data: { runId, tenant: slot.tenant, expiresAt: now + ttlMs, at: now } }] };
}

function releaseSlot(state: ConcurrencySlots, { runId, term, how }: ReleaseSlot, now: number): Decision<ConcurrencySlotEvent> {
  const slot = state.slots.get(runId);
  return slot && slot.term <= term ? { events: [released(slot, how, now)] } : nothing;
}

const expired = ({ slots }: ConcurrencySlots, now: number): ConcurrencySlotEvent[] =>
  [...slots.values()].filter(({ expiresAt }) => expiresAt <= now).map((slot) => released(slot, 'expired', now));

function released({ runId, userId, tenant }: Slot, how: 'ended' | 'expired' | 'cleared', at: number): ConcurrencySlotEvent {
  return { type: 'SlotReleased', data: { runId, userId, tenant, how, at } };
}
