import type { Aggregate, Decision } from '../../src/command-runtime/aggregate';
import type { EventDefinitions, EventOf, PlainEvent } from '../../schema/define-events';
import type { ErrorCode } from '../../schema/errors/catalogue';

export interface Specification<State, Command, Event> {
  /** History of the stream, oldest first; none for a stream that does not exist yet. */
  given(events?: readonly Event[]): { when(command: Command): Outcome<State, Event> };
}

export interface Outcome<State, Event> {
  /** Decided exactly these events, in this order. */
  then(events: readonly Event[]): void;
  /** Accepted, but nothing to write. */
  thenNothing(): void;
  /** Refused by this rule; `details` are compared when given. */
  thenRefused(code: ErrorCode, rule: string, details?: Readonly<Record<string, unknown>>): void;
  /** State after the decided events. */
  thenState(check: (state: State) => void): void;
}

/**
 * Given/when/then for a decider:
 * `specification(pool).given([poolCreated]).when(addKey).then([keyAdded])`.
 * On the way it checks what every decider owes: given and decided events fit their schema, `evolve` takes the decided
 * events, and `decide` leaves the state alone.
 */
export function specification<State, Command, Definitions extends EventDefinitions>(
  aggregate: Aggregate<State, Command, Definitions>,
): Specification<State, Command, EventOf<Definitions>> {
  return {
    given: (history = []) => ({
      when(command) {
        history.forEach((event) => fitsSchema(aggregate, event));
        const decision = decideOn(aggregate, history, command);
        const decided = eventsOf(decision);
        decided.forEach((event) => fitsSchema(aggregate, event));
        const after = fold(aggregate, [...history, ...decided]);
        return {
          then: (events) => expect(decision).toEqual({ events }),
          thenNothing: () => expect(decision).toEqual({ events: [] }),
          thenRefused: (code, rule, details) =>
            expect(decision).toEqual({ refusal: expect.objectContaining({ code, rule, ...(details && { details }) }) }),
          thenState: (check) => check(after),
        };
      },
    }),
  };
}

/**
 * A command that is decided again right after its own events must have no second effect: no events, or a refusal.
 * The first decision must write something, or the check would prove nothing.
 */
export function twiceIsOnce<State, Command, Definitions extends EventDefinitions>(
  aggregate: Aggregate<State, Command, Definitions>,
  given: readonly EventOf<Definitions>[],
  command: Command,
): void {
  const first = decideOn(aggregate, given, command);
  expect(first).toEqual({ events: expect.arrayContaining([expect.anything()]) });
  const second = decideOn(aggregate, [...given, ...eventsOf(first)], command);
  expect(eventsOf(second)).toEqual([]);
}

/** State after a history. */
export function fold<State, Command, Definitions extends EventDefinitions>(
  aggregate: Aggregate<State, Command, Definitions>,
  events: readonly EventOf<Definitions>[],
): State {
  return events.reduce((state, event) => aggregate.evolve(state, event), aggregate.initial());
}

function decideOn<State, Command, Definitions extends EventDefinitions>(
  aggregate: Aggregate<State, Command, Definitions>,
  history: readonly EventOf<Definitions>[],
  command: Command,
): Decision<EventOf<Definitions>> {
  const state = fold(aggregate, history);
  const decision = aggregate.decide(state, command);
  expect(state).toEqual(fold(aggregate, history));
  return decision;
}

function eventsOf<Event>(decision: Decision<Event>): readonly Event[] {
  return 'events' in decision ? decision.events : [];
}

function fitsSchema(aggregate: { category: string; events: EventDefinitions }, event: PlainEvent): void {
  const definition = aggregate.events[event.type];
  if (!definition) throw new Error(`${aggregate.category} does not define the event ${event.type}`);
  const parsed = definition.schema.safeParse(event.data);
  if (!parsed.success) throw new Error(`${event.type} does not fit its schema: ${parsed.error.message}`);
  expect(parsed.data).toEqual(event.data);
}
