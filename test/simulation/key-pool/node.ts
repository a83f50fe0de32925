import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import { standingOf, type RequestStanding } from '../../../commands/key-pool/standing';
import type { KeyPoolState } from '../../../commands/key-pool/state';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import type { Decision } from '../../../src/command-runtime/aggregate';
import type { Rules } from './planted-bugs';

export interface Asked {
  command: KeyPoolCommand;
  /** Called once, when the outcome is definite; never when the node crashes first. */
  answer?(decision: Decision<KeyPoolEvent>, told: RequestStanding | undefined): void;
}

export interface Decided {
  asked: Asked;
  decision: Decision<KeyPoolEvent>;
  told: RequestStanding | undefined;
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

/**
 * One server, as the command runtime makes it: a mailbox, a state as the log has it, another that runs ahead of it by what
 * is being appended, and at most one append on its way.
 */
export class Node {
  readonly mailbox: Asked[] = [];
  /** As the log had it at `revision`. */
  state: KeyPoolState;
  /** Events of the log in `state`. */
  revision = 0;
  flight: Flight | undefined;
  private working: KeyPoolState;

  /** @param skewMs what its clock is ahead of the true time */
  constructor(public skewMs: number, private readonly rules: Rules, private readonly log: Log) {
    this.state = rules.aggregate.initial();
    this.working = rules.aggregate.initial();
  }

  /** Reads what was appended since. Not while an append is on its way. */
  catchUp(): void {
    const { events } = this.log;
    const { aggregate } = this.rules;
    for (; this.revision < events.length; this.revision++) {
      this.state = aggregate.evolve(this.state, events[this.revision]!);
      this.working = aggregate.evolve(this.working, events[this.revision]!);
    }
  }

  /** Loses everything that is only in memory. */
  crash(): void {
    this.mailbox.length = 0;
    this.flight = undefined;
    this.state = this.rules.aggregate.initial();
    this.working = this.rules.aggregate.initial();
    this.revision = 0;
  }

  /**
   * Decides what waits, in one go, for one append.
   * @param early told of answers that go out before the append (which only a planted bug does)
   */
  decide(early: (index: number) => void): void {
    const { aggregate, refusesEarly } = this.rules;
    const flight: Flight = { id: this.log.nextAppendId(), expected: this.revision, decided: [], events: [] };
    for (const asked of this.mailbox.splice(0, BATCH)) {
      const { command } = asked;
      const decision = aggregate.decide(this.working, command);
      if ('events' in decision) {
        for (const event of decision.events) {
          this.working = aggregate.evolve(this.working, event);
          flight.events.push(event);
        }
      } else if (refusesEarly) {
        early(flight.expected + flight.events.length);
      }
      flight.decided.push({ asked, decision, told: command.type === 'RequestLease' ? standingOf(this.working, command.requestId) : undefined });
    }
    this.flight = flight;
  }

  /** The append is in the log: its answers may go out. */
  written(): readonly Decided[] {
    const { decided, events, expected } = this.flight!;
    for (const event of events) this.state = this.rules.aggregate.evolve(this.state, event);
    this.revision = expected + events.length;
    this.flight = undefined;
    return decided;
  }

  /** Another append came first: everything is decided again. */
  lost(): void {
    const flight = this.flight!;
    const { aggregate, resendsLost } = this.rules;
    if (flight.events.length > 0) this.working = aggregate.copy!(this.state);
    this.catchUp();
    if (resendsLost && flight.events.length > 0) {
      this.flight = { ...flight, id: this.log.nextAppendId(), expected: this.revision };
      for (const event of flight.events) this.working = aggregate.evolve(this.working, event);
      return;
    }
    this.flight = undefined;
    this.mailbox.unshift(...flight.decided.map(({ asked }) => asked));
  }
}
