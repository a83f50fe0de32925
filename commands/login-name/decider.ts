import { loginNameEvents, type LoginNameEvent } from '../../schema/login-name/events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export interface LoginNameState {
  userId: string | undefined;
}

export type LoginNameCommand = { type: 'ClaimLoginName'; userId: string };

/** Makes a login name unique: its stream can be claimed once. */
export const loginName: Aggregate<LoginNameState, LoginNameCommand, typeof loginNameEvents> = {
  category: 'loginName',
  events: loginNameEvents,
  initial: () => ({ userId: undefined }),
  evolve,
  decide,
  begins: ({ type }) => type === 'ClaimLoginName',
};

function evolve(_state: LoginNameState, event: LoginNameEvent): LoginNameState {
  switch (event.type) {
    case 'LoginNameClaimed':
      return { userId: event.data.userId };
    default:
      return event.type satisfies never;
  }
}

function decide(state: LoginNameState, command: LoginNameCommand): Decision<LoginNameEvent> {
  switch (command.type) {
    case 'ClaimLoginName':
      if (state.userId === command.userId) return nothing;
      if (state.userId) return refuse('E4091', 'email_taken', 'Another user already has this e-mail address.', { path: ['email'] });
      return { events: [{ type: 'LoginNameClaimed', data: { userId: command.userId } }] };
    default:
      return command.type satisfies never;
  }
}
