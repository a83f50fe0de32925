import type { Principal, Role } from '../graphql/context';

/** Passwords, sessions and the one-time set-up token. Secrets at rest are digests; nothing here is an event. */
export interface Auth {
  /** argon2id. @throws RefusedError V1001 with the rule the password breaks (length, common) */
  setPassword(userId: string, password: string): Promise<void>;
  /** Same cost whether or not the user exists. */
  verifyPassword(userId: string | undefined, password: string): Promise<boolean>;
  /** @returns the token for the cookie; only its digest is kept */
  openSession(session: { userId: string; tenantId: string }): Promise<string>;
  /** The principal of a token, judged with the user's present role and state; anonymous when not valid. */
  authenticate(token: string | undefined): Promise<Principal>;
  closeSession(sessionId: string): Promise<void>;
  /** Keeps the role and state that `authenticate` judges by; called by the mutation after its command was accepted. */
  setStanding(userId: string, standing: { tenantId: string; role: Role; active: boolean }): Promise<void>;
  /** The one-time token while no owner exists, undefined afterwards. */
  setupToken(): Promise<string | undefined>;
  /** Atomically uses up the token. @returns false when it is wrong, used or another caller was first */
  consumeSetupToken(token: string): Promise<boolean>;
}
