export { ProviderProblem } from './provider-problem';
export { providerStart, safeReturn } from './safe-return';
export {
  changeViewer, followOtherTabs, loadSession, lookAgainOnReturn, refreshSession, SessionUnavailable, signOut, useMay, useSession,
  type Session, type Viewer,
} from './session';
