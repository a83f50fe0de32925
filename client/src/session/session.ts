import { useSyncExternalStore } from 'react';
import { post } from '../graphql/direct';
import { positionHeader } from '../graphql/position';
import { ofRefusal, type Problem } from '../graphql/problem';
import { hasSignedInAgain, signInAgain } from '../graphql/session-expiry';
import { branding, noBranding } from '../lib/branding';
import { observable } from '../lib/observable';
import { may, type Scope } from '../lib/permissions';
import { SessionDocument, SignOutDocument, type SessionQuery, type ViewerFieldsFragment } from './gql/documents';

export type Viewer = ViewerFieldsFragment;
export type SetupState = SessionQuery['setupState'];

export interface Session {
  viewer: Viewer | undefined;
  setup: SetupState;
}

const session = observable<Session | undefined>(undefined);

session.subscribe(() => branding.set(session.get()?.viewer?.tenant.branding ?? noBranding));

/** Other tabs of this browser: one signing out signs out all, one signing in helps the others. */
const tabs = new BroadcastChannel('keyledger-session');

export class SessionUnavailable extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
    this.name = 'SessionUnavailable';
  }
}

/** @throws SessionUnavailable when the server did not answer */
async function askServer(): Promise<Session> {
  const answer = await post(SessionDocument, {}, positionHeader());
  if (answer.problem) {
    throw new SessionUnavailable(answer.problem);
  }
  return { setup: answer.data.setupState, viewer: answer.data.viewer ?? undefined };
}

/** Who is signed in and whether the first owner exists; asked once, then kept. @throws SessionUnavailable */
export async function loadSession(): Promise<Session> {
  const held = session.get();
  if (held) {
    return held;
  }
  const loaded = await askServer();
  session.set(loaded);
  return loaded;
}

let asking: Promise<void> | undefined;

/**
 * Asks again who is signed in, because the server acted as if that had changed: another role and other features show at
 * once, a session that is over asks to sign in, another person gets a fresh page.
 */
export function refreshSession(): Promise<void> {
  asking ??= askServer().then(meet, () => undefined).finally(() => {
    asking = undefined;
  });
  return asking;
}

function meet(found: Session): void {
  const held = session.get();
  if (!held?.viewer) {
    return;
  }
  if (!found.viewer) {
    void signInAgain();
  } else {
    signedInAs(found.viewer);
  }
}

/** The page that is open goes on with this viewer. Another person gets a fresh one: nothing of the former may stay in memory. */
function signedInAs(viewer: Viewer): void {
  const held = session.get();
  if (held?.viewer && held.viewer.user.id !== viewer.user.id) {
    window.location.reload();
    return;
  }
  changeViewer(viewer);
  hasSignedInAgain();
}

/** The same in a dialog of this page; the other tabs are told. */
export function signInOver(viewer: Viewer): void {
  tabs.postMessage('signed-in');
  signedInAs(viewer);
}

/** Takes over what a mutation answered about the one who is signed in. */
export function changeViewer(change: Partial<Viewer>): void {
  const held = session.get();
  if (!held?.viewer) {
    return;
  }
  const viewer = { ...held.viewer, ...change };
  if (JSON.stringify(viewer) !== JSON.stringify(held.viewer)) {
    session.set({ ...held, viewer });
  }
}

/** Somebody signed in on a page before the sign-in. */
export function enter(viewer: Viewer): void {
  const held = session.get();
  if (held) {
    session.set({ setup: { ...held.setup, needed: false }, viewer });
  }
  tabs.postMessage('signed-in');
}

/** Ends the session and leaves for the sign-in, in every tab. @returns why it is still open, or nothing */
export async function signOut(): Promise<Problem | undefined> {
  const { data, problem } = await post(SignOutDocument, { input: {} });
  const refused = data?.signOut.errors[0];
  if (problem || refused) {
    return problem ?? (refused && ofRefusal(refused));
  }
  tabs.postMessage('signed-out');
  leave();
  return undefined;
}

/** A fresh page: nothing of the session stays in memory. */
const leave = (): void => window.location.assign('/sign-in');

export function followOtherTabs(): void {
  tabs.onmessage = ({ data }) => {
    if (data === 'signed-out') {
      leave();
    } else {
      void refreshSession();
    }
  };
}

/** Asks who is signed in when somebody comes back to the page: without a live feed nothing else says that the session ended. */
export const lookAgainOnReturn = (): void => window.addEventListener('focus', () => {
  if (session.get()?.viewer) {
    void refreshSession();
  }
});

/** What the server offers before anybody is signed in, on pages that loaded the session. */
export function useSetupState(): SetupState {
  const current = useSyncExternalStore(session.subscribe, session.get);
  if (!current) {
    throw new Error('useSetupState is for pages that loaded the session');
  }
  return current.setup;
}

/** The session of a page behind the sign-in. */
export function useSession(): Session & { viewer: Viewer } {
  const current = useSyncExternalStore(session.subscribe, session.get);
  if (!current?.viewer) {
    throw new Error('useSession is for pages behind the sign-in');
  }
  return { ...current, viewer: current.viewer };
}

/** Whether the one who is signed in may do something; see `may`. */
export function useMay(scope: Scope, reach?: 'own' | 'tenant'): boolean {
  return may(useSession().viewer, scope, reach);
}
