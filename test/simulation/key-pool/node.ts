import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import type { KeyPoolState } from '../../../commands/key-pool/state';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import type { Decision } from '../../../src/command-runtime/aggregate';
import type { Standing } from './judge';
import type { Rules } from './planted-bugs';

export interface Asked {
  command: KeyPoolCommand;
  /** Called once, when the outcome is definite; never when the node crashes first. */
  answer(decision: Decision<KeyPoolEvent>, told: Standing | undefined): void;
}

export interface Decided extends Asked {
  decision: Decision<KeyPoolEvent>;
  told: Standing | undefined;
}

/** One append on its way: `events` decided on the first `expected` events of the log. */
export interface Flight {
  id: number;
  expected: number;
  decided: Decided[];
  events: KeyPoolEvent[];
}

/** The log as its nodes see it. */
export interface Log {
  readonly events: readonly KeyPoolEvent[];
  nextAppendId(): number;
}

/** Most commands of one append. */
const BATCH = 8;

/** One server, as the command runtime makes it: a mailbox, a cached state, and at most one append on its way. */
export class Node {
  readonly mailbox: Asked[] = [];
  state: KeyPoolState;
  /** Events of the log in `state`. */
  revision = 0;
  flight: Flight | undefined;
  private working: KeyPoolState | undefined;

  /** @param skewMs what its clock is ahead of the true time */
  constructor(public skewMs: number, private readonly rules: Rules, private readonly log: Log) {
    this.state = rules.aggregate.initial();
  }

  /** Reads what was appended since. */
  catchUp(): void {
    const { events } = this.log;
    while (this.revision < events.length) this.state = this.rules.aggregate.evolve(this.state, events[this.revision++]!);
  }

  /** Loses everything that is only in memory. */
  crash(): void {
    this.mailbox.length = 0;
    this.flight = undefined;
    this.state = this.rules.aggregate.initial();
    this.revision = 0;
  }

  /**
   * Decides what waits, in one go, for one append.
   * @param early told of answers that go out before the append (which only a planted bug does)
   */
  decide(early: (index: number) => void): void {
    const { aggregate } = this.rules;
    const working = aggregate.copy!(this.state);
    const flight: Flight = { id: this.log.nextAppendId(), expected: this.revision, decided: [], events: [] };
    for (const asked of this.mailbox.splice(0, BATCH)) {
      const { command } = asked;
      const decision = aggregate.decide(working, command);
      if ('refusal' in decision && this.rules.refusesEarly) early(flight.expected + flight.events.length);
      const events = 'events' in decision ? decision.events : [];
      for (const event of events) aggregate.evolve(working, event);
      flight.events.push(...events);
      flight.decided.push({ ...asked, decision, told: command.type === 'RequestLease' ? standing(working, command.requestId) : undefined });
    }
    this.working = working;
    this.flight = flight;
  }

  /** The append is in the log: its answers may go out. */
  written(): readonly Decided[] {
    const { decided, events, expected } = this.flight!;
    this.state = this.working!;
    this.revision = expected + events.length;
    this.flight = undefined;
    return decided;
  }

  /** Another append came first: everything is decided again. */
  lost(): void {
    const flight = this.flight!;
    this.catchUp();
    if (this.rules.resendsLost && flight.events.length > 0) {
      this.flight = { ...flight, id: this.log.nextAppendId(), expected: this.revision };
      const { aggregate } = this.rules;
      this.working = flight.events.reduce((state, event) => aggregate.evolve(state, event), aggregate.copy!(this.state));
      return;
    }
    this.flight = undefined;
    this.mailbox.unshift(...flight.decided);
  }
}

function standing(state: KeyPoolState, requestId: string): Standing {
  const id = state.requests.get(requestId);
  if (id === undefined) return { is: 'unknown' };
  const lease = state.leases.get(id);
  if (lease) return { is: 'held', leaseId: id, token: lease.token };
  return state.tickets.has(id) ? { is: 'waiting' } : { is: 'over' };
}
