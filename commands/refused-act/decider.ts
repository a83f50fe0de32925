import { refusedActEvents, type RefusedActEvent } from '../../schema/refused-act/events';
import type { Aggregate } from '../../src/command-runtime/aggregate';

export type RefusedActCommand = { type: 'RecordRefusal' } & RefusedActEvent['data'];

/** What was refused in one tenant on one day. There is nothing to decide: what happened is written down. */
export const refusedActs: Aggregate<null, RefusedActCommand, typeof refusedActEvents> = {
  category: 'refusedActs',
  events: refusedActEvents,
  initial: () => null,
  evolve: () => null,
  decide: (_state, { type: _type, ...data }) => ({ events: [{ type: 'ActRefused', data }] }),
};
