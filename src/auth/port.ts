import type { Feature } from '../../schema/access/features';
import type { Role } from '../../schema/access/roles';
import type { Scope } from '../../schema/access/scopes';
import type { Sealed } from '../vault/port';
import type { Credential } from './credential';
import type { Principal } from './principal';

/**
 * Who is calling, and what that is judged by. Everything here is kept in tables that only this module writes: secrets as
 * digests, and next to them the newest standing that the log's events led to. Nothing here is an event.
 */
export interface Auth {
  /**
   * The principal behind a credential, judged by the present standing of the person or client. A cookie that is not
   * valid is anonymous; anything sent on purpose that is not valid is refused.
   * @param options.again somebody who was let in already is judged once more, which is no further use of their key
   * @throws RefusedError E4011 rule `credential`, `token_expired` or `inactive_user`
   */
  authenticate(credential: Credential, options?: { again: boolean }): Promise<Principal>;
  /** Forgets what was remembered of callers on this node: somebody may have lost a right. */
  forget(): void;
  readonly passwords: Passwords;
  readonly passwordLinks: PasswordLinks;
  readonly sessions: Sessions;
  readonly clientKeys: ClientKeys;
  readonly tokens: BearerTokens;
  readonly identities: Identities;
  readonly standings: Standings;
  readonly usage: Usage;
  readonly setup: Setup;
  /** Writes what is only in memory yet. Call it when nobody calls any more and the database still answers. */
  close(): Promise<void>;
}

export interface Passwords {
  /**
   * Keeps the password and ends the user's sessions and links.
   * @param options.batch one of many: they wait for each other, so that people who sign in meanwhile need not wait for them
   * @throws RefusedError V1001, E4291
   */
  set(userId: string, password: string, options?: { batch: boolean }): Promise<void>;
  /**
   * As `set`, in place of the password that held since then.
   * @returns since when the new one holds; undefined when another one was set meanwhile, which stays
   * @throws RefusedError V1001, E4291
   */
  replace(userId: string, password: string, since: Date): Promise<Date | undefined>;
  /**
   * As `set`, for the user of a link, which it uses up in the same statement: a link outlives whatever comes before.
   * @returns since when the password holds; undefined when the link is wrong, used or too old
   * @throws RefusedError V1001, E4291
   */
  setByLink(token: string, password: string): Promise<Date | undefined>;
  /**
   * Keeps the hash of another system: `pbkdf2_sha256$<iterations>$<salt>$<hash>`, salt and hash as base64url. It is
   * replaced by argon2id at the first sign-in. @throws RefusedError V1001 rule `password_hash`
   */
  importHash(userId: string, hash: string): Promise<void>;
  /** The same work whatever the answer, also for an unknown user. @throws RefusedError E4291 when too many wait */
  verify(userId: string | undefined, password: string): Promise<boolean>;
  /** Whether they can sign in by password. */
  has(userId: string): Promise<boolean>;
  /** Since when the password of now holds; undefined where there is none. */
  since(userId: string | undefined): Promise<Date | undefined>;
  remove(userId: string): Promise<void>;
}

/** Links with which somebody chooses a password without knowing the old one: single use (`Passwords.setByLink`), one hour. */
export interface PasswordLinks {
  /** Any earlier link of the user stops working. @returns the token; only its digest is kept */
  issue(userId: string, tenantId: string): Promise<{ token: string; linkId: string; expiresAt: Date }>;
  /** Whose link it is, without using it up; undefined when it is wrong, used or too old. */
  find(token: string): Promise<{ userId: string; tenantId: string; linkId: string } | undefined>;
}

export type SignInMethod = 'password' | 'set_up' | 'password_link' | 'google' | 'oidc';

export interface NewSession {
  userId: string;
  tenantId: string;
  method: SignInMethod;
  /** Network address and kind of device, sealed with the user's key. */
  address: Sealed | null;
  device: Sealed | null;
}

export interface SessionInfo extends NewSession {
  sessionId: string;
  openedAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

/** Server-side sessions: 24 hours at most, 8 hours idle. */
export interface Sessions {
  /** @returns the token for the cookie; only its digest is kept */
  open(session: NewSession): Promise<{ token: string; sessionId: string; expiresAt: Date }>;
  /** Those of these users that are still valid, the newest use first. */
  of(userIds: readonly string[]): Promise<SessionInfo[]>;
  /** One session of this very tenant, whoever's. */
  find(sessionId: string, tenantId: string): Promise<SessionInfo | undefined>;
  /** @returns false when there was no such session any more */
  close(sessionId: string): Promise<boolean>;
  /** Ends all sessions of a user. @returns the ids of those that were valid until now */
  closeAllOf(userId: string, but?: { sessionId: string }): Promise<string[]>;
}

export interface KeptClientKey {
  keyId: string;
  tenantId: string;
  ownerKind: 'user' | 'service';
  ownerId: string;
  scopes: readonly Scope[];
  expiresAt: Date;
  /** For good: a key that was revoked once stays so. */
  revoked: boolean;
}

export interface ClientKeyUse {
  useCount: number;
  lastUsedAt: Date | null;
}

/** Keys with which programs call us: `sk-kl-`, 43 characters of base62, six of a CRC-32. At rest only their HMAC. */
export interface ClientKeys {
  /** A new key. Nothing is kept: hand it to `keep`. */
  generate(): string;
  /** The HMAC by which a key is looked up, hex; also its fingerprint in events. */
  fingerprint(key: string): string;
  /** Makes a key work, or no longer, on every node within a second. */
  keep(fingerprint: string, key: KeptClientKey): Promise<void>;
  /** When a key ends by itself. */
  expiryOf(keyId: string): Promise<Date | undefined>;
  /** Ids of all keys that an owner ever had. */
  of(ownerKind: KeptClientKey['ownerKind'], ownerId: string): Promise<string[]>;
  /** Calls so far and the last one, in the order of the ids; counted without an event, written every few seconds. */
  usesOf(keyIds: readonly string[]): Promise<ClientKeyUse[]>;
  /** Writes what was counted since. */
  flush(): Promise<void>;
}

/** What another system vouches for in a signed token. */
export interface TokenClaims {
  issuer: string;
  subject: string;
  email: string | undefined;
  name: string | undefined;
  picture: string | undefined;
  /** SHA-256 of the whole token: its name for revocation. */
  digest: string;
  /** Seconds since the epoch, as in the proof of a principal. */
  expiresAt: number;
}

/** HS256 tokens as NextAuth makes them with a custom encode. */
export interface BearerTokens {
  /**
   * What a token says. Whether it was revoked is judged together with its person.
   * @throws RefusedError E4011 rule `credential` (one message for every forgery) or `token_expired`
   */
  verify(token: string): Promise<TokenClaims>;
  /** Refuses the token on every node until it would have expired anyway. */
  revoke(digest: string, expiresAt: number): Promise<void>;
}

/** Which person an account elsewhere is: bound to issuer and subject, never to an e-mail address. */
export interface Identities {
  find(issuer: string, subject: string): Promise<{ userId: string; tenantId: string } | undefined>;
  /** Digest of issuer and subject: the id of the identity's stream. */
  digest(issuer: string, subject: string): string;
  /** Whose it is as of a revision of its stream; what is older than what is known changes nothing. */
  set(digest: string, owner: { userId: string; tenantId: string; provider: string } | undefined, revision: bigint): Promise<void>;
  /**
   * Asks to take one from the ways in of a person: of two at once, one keeps them in. It stays in force until `set` says
   * otherwise; a minute later it is as if nobody had asked.
   */
  leave(digest: string, userId: string): Promise<'leaving' | 'last_way_in' | 'not_linked'>;
  of(userId: string): Promise<{ digest: string; provider: string; linkedAt: Date }[]>;
}

export interface UserStanding {
  tenantId: string;
  role: Role;
  active: boolean;
  tier: string;
  /** Requests a day; null is unlimited, 0 is blocked, undefined is the server's default. */
  dailyRequests: number | null | undefined;
}

export interface ServiceClientStanding {
  tenantId: string;
  scopes: readonly Scope[];
  deleted: boolean;
  /** Of the client's stream: what is older than what is kept changes nothing. */
  revision: bigint;
}

/** What callers are judged by. Kept by the mutation right after its command, and again by a reactor. */
export interface Standings {
  /**
   * Somebody no longer active, with another role, or gone (undefined), loses every session and password link in the
   * same statement. Whoever is gone stays so.
   * @param revision of the user's stream: what is older than what is kept changes nothing
   */
  setUser(userId: string, standing: UserStanding | undefined, revision: bigint): Promise<void>;
  /** @param standing.revision of the tenant's stream: what is older than what is kept changes nothing */
  setTenant(tenantId: string, standing: { active: boolean; isDefault: boolean; revision: bigint }): Promise<void>;
  /** Ids of the tenants that nobody may use now. */
  suspendedTenants(): Promise<readonly string[]>;
  setServiceClient(clientId: string, standing: ServiceClientStanding): Promise<void>;
  /** Features granted to a tenant, a tier (`<tenant>/<tier>`) or a user; null when none are set. A tenant of which none are set has all. */
  setFeatures(subject: { kind: 'tenant' | 'tier' | 'user'; id: string; tenantId: string }, granted: { features: readonly Feature[] | null; revision: bigint }): Promise<void>;
}

export interface UsageNow {
  totalRequests: number;
  dailyRequests: number;
  /** Null is unlimited. */
  dailyLimit: number | null;
}

/** Requests of people per UTC day. */
export interface Usage {
  /** Counts one request unless the day's limit is reached. */
  count(userId: string): Promise<UsageNow & { counted: boolean }>;
  /** Takes back one request of the given day, for work that failed. */
  giveBack(userId: string, at: Date): Promise<void>;
  /** Counts and limits of now, in the order of the ids. */
  of(userIds: readonly string[]): Promise<UsageNow[]>;
}

/** The one-time token with which the first owner is made. */
export interface Setup {
  /** The token while no owner exists, undefined afterwards. */
  token(): Promise<string | undefined>;
  /** Whether it is the token now in force, without using it up. */
  accepts(token: string): Promise<boolean>;
  /** Atomically uses up the token. @returns false when it is wrong, used or another caller was first */
  consume(token: string): Promise<boolean>;
}
