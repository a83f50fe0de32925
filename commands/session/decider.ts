import { sessionEvents, type SessionEvent } from '../../schema/session/events';
import { nothing, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export type SessionState = 'unknown' | 'open' | 'ended';

type DataOf<Type extends SessionEvent['type']> = Extract<SessionEvent, { type: Type }>['data'];

export type SessionCommand =
  | ({ type: 'OpenSession' } & DataOf<'SessionOpened'>)
  | ({ type: 'EndSession' } & DataOf<'SessionEnded'>);

/**
 * The history of one session. Whether it is valid is not judged by it, but by the table of sessions. One that was opened
 * elsewhere (by a token of another system) ends here all the same, so it may end without having been opened.
 */
export const session: Aggregate<SessionState, SessionCommand, typeof sessionEvents> = {
  category: 'session',
  events: sessionEvents,
  initial: () => 'unknown',
  evolve,
  decide,
  begins: ({ type }) => type === 'OpenSession',
};

function evolve(_state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'SessionOpened':
      return 'open';
    case 'SessionEnded':
      return 'ended';
    default:
      return event satisfies never;
  }
}

function decide(state: SessionState, command: SessionCommand): Decision<SessionEvent> {
  if (command.type === 'OpenSession') {
    const { type: _type, ...data } = command;
    return state === 'unknown' ? { events: [{ type: 'SessionOpened', data }] } : nothing;
  }
  const { type: _type, ...data } = command;
  return state === 'ended' ? nothing : { events: [{ type: 'SessionEnded', data }] };
}
