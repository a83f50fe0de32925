import { signInEvents, type SignInEvent } from '../../schema/sign-in/events';
import type { Aggregate } from '../../src/command-runtime/aggregate';

export type SignInCommand = { type: 'RecordSignInFailure' } & SignInEvent['data'];

/** What failed at the door of one login name on one day. There is nothing to decide: what happened is written down. */
export const signIn: Aggregate<null, SignInCommand, typeof signInEvents> = {
  category: 'signIn',
  tenancy: 'shared',
  events: signInEvents,
  initial: () => null,
  evolve: () => null,
  decide: (_state, { type: _type, ...data }) => ({ events: [{ type: 'SignInFailed', data }] }),
  begins: () => true,
};
