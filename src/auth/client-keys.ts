import { createHmac } from 'node:crypto';
import { featureNames, type Feature } from '../../schema/access/features';
import type { Role } from '../../schema/access/roles';
import type { Scope } from '../../schema/access/scopes';
import { deriveKey } from '../vault/cipher';
import type { Log } from '../postgres/log';
import type { SqlPool } from '../vault/sql-pool';
import { isClientKey, newClientKey } from './client-key-format';
import { createClientKeyUses } from './client-key-uses';
import { principalOf } from './people';
import type { ClientKeys } from './port';
import type { Principal } from './principal';
import { refuseCredential } from './refuse';

/** A key works while its owner does, and only for an owner of its own tenant. */
const JUDGE = `
  select
    k.key_id, k.tenant_id, k.scopes, s.client_id, s.scopes as client_scopes, p.user_id, p.role, p.operator,
    case k.owner_kind when 'service' then s.features else p.features end as features
  from auth_client_keys k
  left join auth_services s on k.owner_kind = 'service' and s.client_id = k.owner_id and s.tenant_id = k.tenant_id and s.active
  left join auth_people p on k.owner_kind = 'user' and p.user_id = k.owner_id and p.tenant_id = k.tenant_id and p.active
  where k.fingerprint = $1 and not k.revoked and k.expires_at > $2 and (s.client_id is not null or p.user_id is not null)`;

/** Nothing of a key ever changes but that it is revoked, and it stays so whatever order the writers come in. */
const KEEP = `
  insert into auth_client_keys as k (fingerprint, key_id, tenant_id, owner_kind, owner_id, scopes, expires_at, revoked)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  on conflict (key_id) do update set revoked = k.revoked or excluded.revoked`;

interface JudgedRow extends Record<string, unknown> {
  key_id: string;
  tenant_id: string;
  scopes: Scope[];
  features: Feature[] | null;
  client_id: string | null;
  client_scopes: Scope[] | null;
  user_id: string | null;
  role: Role;
  operator: boolean;
}

export interface JudgedClientKeys extends ClientKeys {
  /** Whoever the key belongs to. @throws RefusedError E4011 rule `credential`, whatever is wrong with it */
  judge(key: string): Promise<Principal>;
  /** One more call was made with the key. */
  countUse(keyId: string): void;
  /** Writes what was counted, and no more after that. */
  close(): Promise<void>;
}

/**
 * Client keys on `auth_client_keys`. A key is found by an HMAC of all of it, so the database alone neither gives a key
 * nor tells whether a guess is right.
 * @param forget what was remembered of callers on this node
 */
export function createClientKeys(
  { pool, masterKey, clock, log, forget }: { pool: SqlPool; masterKey: Buffer; clock: () => Date; log: Log; forget(): void },
): JudgedClientKeys {
  const hmacKey = deriveKey(masterKey, ['client key']);
  const fingerprint = (key: string): string => createHmac('sha256', hmacKey).update(key).digest('hex');
  const uses = createClientKeyUses({ pool, clock, log });

  return {
    async judge(key) {
      if (!isClientKey(key)) refuseCredential();
      const { rows: [row] } = await pool.query<JudgedRow>(JUDGE, [fingerprint(key), clock()]);
      return row ? ownerOf(row) : refuseCredential();
    },
    generate: newClientKey,
    fingerprint,
    async keep(print, { keyId, tenantId, ownerKind, ownerId, scopes, expiresAt, revoked }) {
      await pool.query(KEEP, [print, keyId, tenantId, ownerKind, ownerId, scopes, expiresAt, revoked]);
      forget();
    },
    async expiryOf(keyId) {
      const { rows: [row] } = await pool.query<{ expires_at: Date }>('select expires_at from auth_client_keys where key_id = $1', [keyId]);
      return row?.expires_at;
    },
    async of(ownerKind, ownerId) {
      const { rows } = await pool.query<{ key_id: string }>(
        'select key_id from auth_client_keys where owner_kind = $1 and owner_id = $2', [ownerKind, ownerId]);
      return rows.map(({ key_id }) => key_id);
    },
    countUse: uses.count,
    usesOf: uses.of,
    flush: uses.flush,
    close: uses.close,
  };
}

function ownerOf({ key_id: keyId, tenant_id: tenantId, scopes, features, ...row }: JudgedRow): Principal {
  const { client_id: clientId, client_scopes: clientScopes, user_id: userId, role, operator } = row;
  if (userId !== null) {
    return principalOf({ user_id: userId, tenant_id: tenantId, role, operator, features }, { kind: 'client_key', keyId, scopes });
  }
  return {
    kind: 'service', clientId: clientId!, keyId, tenantId, features: features ?? featureNames,
    scopes: scopes.filter((scope) => clientScopes!.includes(scope)),
  };
}
