import { z } from 'zod';
import { event, type EventOf } from '../../schema/define-events';
import { nothing, refuse, type Aggregate } from '../../src/command-runtime/aggregate';

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
  evolve: (state, { type, data }) => ({
    balance: state.balance + (type === 'Deposited' ? data.amount : -data.amount),
    refs: new Set([...state.refs, data.ref]),
  }),
  decide(state, { type, ref, amount }) {
    if (state.refs.has(ref)) return nothing;
    if (type === 'Deposit') return { events: [{ type: 'Deposited', data: { ref, amount } }] };
    if (amount > state.balance) {
      return refuse('B2001', 'balance_too_low', 'Not enough in the till.', { details: { balance: state.balance, amount } });
    }
    return { events: [{ type: 'Withdrawn', data: { ref, amount } }] };
  },
};
