import type { Scope } from '../../schema/access/scopes';
import { ClientKeyState, type ClientKey } from '../../schema/client-key/types';
import { sql, type SqlCondition } from '../../src/graphql/sql';

/** A row of `views.client_keys`. */
export interface ClientKeyRow {
  id: string;
  tenant_id: string;
  owner_kind: 'user' | 'service';
  owner_id: string;
  name: string;
  scopes: Scope[];
  last_four: string;
  expires_at: Date;
  revoked: boolean;
  created_at: Date;
  position: string;
}

/** @param now keys expire by the clock, without an event */
export function toClientKey(row: ClientKeyRow, now: Date): ClientKey {
  const expiresAt = new Date(row.expires_at);
  return {
    id: row.id,
    ownerKind: row.owner_kind,
    ownerId: row.owner_id,
    name: row.name,
    scopes: row.scopes,
    lastFour: row.last_four,
    state: stateOf(row.revoked, expiresAt, now),
    expiresAt,
    createdAt: new Date(row.created_at),
    position: BigInt(row.position),
  };
}

function stateOf(revoked: boolean, expiresAt: Date, now: Date): ClientKeyState {
  if (revoked) return ClientKeyState.REVOKED;
  return expiresAt > now ? ClientKeyState.ACTIVE : ClientKeyState.EXPIRED;
}

/** The same as a condition on rows. */
export function inState(state: ClientKeyState, now: Date): SqlCondition {
  switch (state) {
    case ClientKeyState.ACTIVE: return sql`not revoked and expires_at > ${now}`;
    case ClientKeyState.EXPIRED: return sql`not revoked and expires_at <= ${now}`;
    case ClientKeyState.REVOKED: return sql`revoked`;
  }
}
