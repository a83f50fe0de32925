import type { EventDefinitions, EventOf } from '../../schema/define-events';
import type { Refusal } from '../../schema/errors/catalogue';

/** What `decide` answers: events to append (none when the command changes nothing), or a refusal. */
export type Decision<Event> = { events: readonly Event[] } | { refusal: Refusal };

/**
 * One aggregate = one kind of stream = one consistency boundary. All members are pure: no clock, no randomness,
 * no I/O; times and ids come in with the command.
 */
export interface Aggregate<State, Command, Definitions extends EventDefinitions> {
  /** Category: the stream of aggregate `id` is `<category>-<id>`. */
  readonly category: string;
  readonly events: Definitions;
  /**
   * A stream belongs to the tenant of its first event, and to the commands of other tenants it does not exist. Only a
   * `shared` one serves several tenants; its decider then keeps them apart.
   */
  readonly tenancy?: 'shared';
  initial(): State;
  /**
   * Next state. When `copy` is given, evolve may change and return the state it was handed; otherwise it must
   * leave that state untouched.
   */
  evolve(state: State, event: EventOf<Definitions>): State;
  decide(state: State, command: Command): Decision<EventOf<Definitions>>;
  /**
   * Whether the command nearly always is the first of its stream. It is then tried on an empty stream without reading
   * first, which saves a round trip; when there is a stream after all, the store refuses and it is read.
   */
  begins?(command: Command): boolean;
  /** Deep copy of a state, for aggregates whose `evolve` works in place. */
  copy?(state: State): State;
}

export type AnyAggregate = Aggregate<any, any, EventDefinitions>;

/** Stream name of one aggregate. */
export function streamOf(aggregate: { category: string }, id: string): string {
  return `${aggregate.category}-${id}`;
}

/** Shorthand for a refusal inside `decide`. */
export function refuse(code: Refusal['code'], rule: string, message: string, more: Omit<Refusal, 'code' | 'rule' | 'message'> = {}): { refusal: Refusal } {
  return { refusal: { code, rule, message, ...more } };
}

/** Shorthand for "nothing to do": the command is already true. */
export const nothing: { events: readonly [] } = { events: [] };
