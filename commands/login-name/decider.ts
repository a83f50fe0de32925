import type { Refusal } from '../../schema/errors/catalogue';
import { loginNameEvents, type LoginNameEvent } from '../../schema/login-name/events';
import { nothing, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export interface LoginNameState {
  userId: string | undefined;
}

export type LoginNameCommand = { type: 'ClaimLoginName' | 'ReleaseLoginName'; userId: string };

/** Makes a login name unique: its stream is claimed by one user at a time, over all tenants. */
export const loginName: Aggregate<LoginNameState, LoginNameCommand, typeof loginNameEvents> = {
  category: 'loginName',
  tenancy: 'shared',
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
    case 'LoginNameReleased':
      return { userId: undefined };
    default:
      return event satisfies never;
  }
}

export const emailTaken: Refusal = { code: 'E4091', rule: 'email_taken', message: 'Another user already has this e-mail address.', path: ['email'] };

function decide(state: LoginNameState, command: LoginNameCommand): Decision<LoginNameEvent> {
  switch (command.type) {
    case 'ClaimLoginName':
      if (state.userId === command.userId) return nothing;
      if (state.userId) return { refusal: emailTaken };
      return { events: [{ type: 'LoginNameClaimed', data: { userId: command.userId } }] };
    case 'ReleaseLoginName':
      return state.userId === command.userId ? { events: [{ type: 'LoginNameReleased', data: { userId: command.userId } }] } : nothing;
    default:
      return command.type satisfies never;
  }
}
