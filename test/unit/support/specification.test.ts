import { z } from 'zod';
import { event } from '../../../schema/define-events';
import type { Aggregate } from '../../../src/command-runtime/aggregate';
import { specification, twiceIsOnce } from '../../support/specification';
import { till, type TillEvent } from '../../support/till';

const deposited: TillEvent = { type: 'Deposited', data: { ref: 'a', amount: 5 } };

describe('specification', () => {
  it('passes on the decided events, nothing, a refusal and the state after', () => {
    const given = specification(till).given([deposited]);
    given.when({ type: 'Withdraw', ref: 'b', amount: 5 }).then([{ type: 'Withdrawn', data: { ref: 'b', amount: 5 } }]);
    given.when({ type: 'Deposit', ref: 'a', amount: 5 }).thenNothing();
    given.when({ type: 'Withdraw', ref: 'b', amount: 6 }).thenRefused('B2001', 'balance_too_low', { balance: 5, amount: 6 });
    given.when({ type: 'Withdraw', ref: 'b', amount: 2 }).thenState((state) => expect(state.balance).toBe(3));
    specification(till).given().when({ type: 'Deposit', ref: 'a', amount: 5 }).then([deposited]);
  });

  it('fails on any other outcome', () => {
    const outcome = specification(till).given([deposited]).when({ type: 'Withdraw', ref: 'b', amount: 5 });
    expect(() => outcome.then([])).toThrow();
    expect(() => outcome.thenNothing()).toThrow();
    expect(() => outcome.thenRefused('B2001', 'balance_too_low')).toThrow();
    const refused = specification(till).given().when({ type: 'Withdraw', ref: 'b', amount: 5 });
    expect(() => refused.thenNothing()).toThrow();
    expect(() => refused.thenRefused('B2001', 'another_rule')).toThrow();
    expect(() => refused.thenRefused('B2001', 'balance_too_low', { balance: 1, amount: 5 })).toThrow();
  });

  it('fails when a decided or given event does not fit its schema', () => {
    const zero = specification(till).given();
    expect(() => zero.when({ type: 'Deposit', ref: 'a', amount: 0 })).toThrow(/does not fit its schema/);
    expect(() => specification(till).given([{ type: 'Deposited', data: { ref: 'a', amount: -1 } }]).when({ type: 'Deposit', ref: 'b', amount: 1 }))
      .toThrow(/does not fit its schema/);
  });

  it('fails when decide changes the state', () => {
    const events = { Noted: event(z.object({ text: z.string() })) };
    const careless: Aggregate<{ notes: string[] }, string, typeof events> = {
      category: 'note',
      events,
      initial: () => ({ notes: [] }),
      evolve: (state, { data }) => ({ notes: [...state.notes, data.text] }),
      decide: (state, text) => {
        state.notes.push(text);
        return { events: [{ type: 'Noted', data: { text } }] };
      },
    };
    expect(() => specification(careless).given().when('x')).toThrow();
  });
});

describe('twiceIsOnce', () => {
  it('passes when the second time writes nothing', () => {
    twiceIsOnce(till, [], { type: 'Deposit', ref: 'a', amount: 1 });
  });

  it('fails when the second time writes again, or the first writes nothing', () => {
    const forgetful: typeof till = { ...till, evolve: (state, happened) => ({ ...till.evolve(state, happened), refs: new Set() }) };
    expect(() => twiceIsOnce(forgetful, [], { type: 'Deposit', ref: 'a', amount: 1 })).toThrow();
    expect(() => twiceIsOnce(till, [deposited], { type: 'Deposit', ref: 'a', amount: 5 })).toThrow();
  });
});
