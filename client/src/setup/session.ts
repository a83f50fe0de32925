import { useSyncExternalStore } from 'react';
import { post } from '../graphql/direct';
import type { Problem } from '../graphql/problem';
import { may, type Permission } from '../lib/permissions';
import { observable } from '../lib/observable';
import { SessionDocument, SignOutDocument, type SessionQuery, type ViewerFieldsFragment } from './gql/documents';

export type Viewer = ViewerFieldsFragment;
export type SetupState = SessionQuery['setupState'];

export interface Session {
  viewer: Viewer | undefined;
  setup: SetupState;
}

const session = observable<Session | undefined>(undefined);

/** Other tabs of this browser: one signing out signs out all. */
const tabs = new BroadcastChannel('keyledger-session');

/** Who is signed in and whether the first owner exists; asked once, then kept. @throws Problem */
export async function loadSession(): Promise<Session> {
  const held = session.get();
  if (held) {
    return held;
  }
  const answer = await post(SessionDocument, {});
  if (answer.problem) {
    throw new SessionUnavailable(answer.problem);
  }
  const loaded = { setup: answer.data.setupState, viewer: answer.data.viewer ?? undefined };
  session.set(loaded);
  return loaded;
}

export class SessionUnavailable extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
    this.name = 'SessionUnavailable';
  }
}

/** The next `loadSession` asks again. */
export const forgetSession = (): void => session.set(undefined);

export async function signOut(): Promise<Problem | undefined> {
  const answer = await post(SignOutDocument, { input: {} });
  if (answer.problem) {
    return answer.problem;
  }
  tabs.postMessage('signed-out');
  leave();
  return undefined;
}

/** A fresh page: nothing of the session stays in memory. */
const leave = (): void => window.location.assign('/sign-in');

export function followOtherTabs(): void {
  tabs.onmessage = leave;
}

/** The session of a page behind the sign-in. */
export function useSession(): Session & { viewer: Viewer } {
  const current = useSyncExternalStore(session.subscribe, session.get);
  if (!current?.viewer) {
    throw new Error('useSession is for pages behind the sign-in');
  }
  return { ...current, viewer: current.viewer };
}

export function useMay(permission: Permission): boolean {
  return may(useSession().viewer.role, permission);
}
