export {
  followOtherTabs, forgetSession, loadSession, SessionUnavailable, signOut, useMay, useSession, type Session, type Viewer,
} from './session';
