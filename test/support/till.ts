import { z } from 'zod';
import { event, type EventOf } from '../../schema/define-events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

/** A till: the smallest aggregate with an invariant (never below zero) and natural idempotency (`ref`). */
export const tillEvents = {
  Deposited: event(z.object({ ref: z.string(), amount: z.number().int().positive() })),
  Withdrawn: event(z.object({ ref: z.string(), amount: z.number().int().positive() })),
};

export type TillEvent = EventOf<typeof tillEvents>;
export type TillCommand = { type: 'Deposit' | 'Withdraw'; ref: string; amount: number };
export interface TillState {
  balance: number;
  refs: ReadonlySet<string>;
}

export const till: Aggregate<TillState, TillCommand, typeof tillEvents> = {
  category: 'till',
  events: tillEvents,
  initial: () => ({ balance: 0, refs: new Set() }),
  evolve: (state, happened) => ({ balance: state.balance + amountOf(happened), refs: new Set([...state.refs, happened.data.ref]) }),
  decide,
};

interface TillInPlace {
  balance: number;
  refs: Set<string>;
  /** Keeps and changes parts of events, which an aggregate may when its state is its own. */
  last?: { amount: number };
}

/** The same till, with a state that `evolve` changes in place. */
export const inPlaceTill: Aggregate<TillInPlace, TillCommand, typeof tillEvents> = {
  category: 'till',
  events: tillEvents,
  initial: () => ({ balance: 0, refs: new Set() }),
  evolve(state, happened) {
    state.balance += amountOf(happened);
    state.refs.add(happened.data.ref);
    if (state.last) state.last.amount = -1;
    state.last = happened.data;
    return state;
  },
  copy: ({ balance, refs, last }) => ({ balance, refs: new Set(refs), ...(last && { last: { ...last } }) }),
  decide,
};

function amountOf({ type, data }: TillEvent): number {
  return type === 'Deposited' ? data.amount : -data.amount;
}

function decide({ balance, refs }: TillState, { type, ref, amount }: TillCommand): Decision<TillEvent> {
  if (refs.has(ref)) return nothing;
  if (type === 'Deposit') return { events: [{ type: 'Deposited', data: { ref, amount } }] };
  if (amount > balance) return refuse('B2001', 'balance_too_low', 'Not enough in the till.', { details: { balance, amount } });
  return { events: [{ type: 'Withdrawn', data: { ref, amount } }] };
}
