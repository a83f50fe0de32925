import type { SqlPool } from '../vault/sql-pool';

export interface Logo {
  /** SHA-256 of the bytes, hex. */
  digest: string;
  contentType: 'image/png' | 'image/svg+xml';
  bytes: Buffer;
}

/** The pictures that the logos of tenants are; which one a tenant has is in the log. */
export interface Logos {
  /** @param revision of the tenant's stream at which this is its logo */
  put(tenantId: string, logo: Logo, revision: bigint): Promise<void>;
  get(tenantId: string, digest: string): Promise<Logo | undefined>;
  /** Forgets all but the logo that a tenant has at a revision; what was put for a later one stays. */
  keepOnly(tenantId: string, digest: string | undefined, revision: bigint): Promise<void>;
}

export function createLogos(pool: SqlPool): Logos {
  return {
    async put(tenantId, { digest, contentType, bytes }, revision) {
      await pool.query(
        `insert into tenant_logos as l (tenant_id, digest, content_type, bytes, revision) values ($1, $2, $3, $4, $5)
         on conflict (tenant_id, digest) do update set revision = greatest(l.revision, excluded.revision)`,
        [tenantId, digest, contentType, bytes, revision]);
    },
    async get(tenantId, digest) {
      const { rows: [row] } = await pool.query<{ content_type: Logo['contentType']; bytes: Buffer }>(
        'select content_type, bytes from tenant_logos where tenant_id = $1 and digest = $2', [tenantId, digest]);
      return row && { digest, contentType: row.content_type, bytes: row.bytes };
    },
    async keepOnly(tenantId, digest, revision) {
      await pool.query(
        'delete from tenant_logos where tenant_id = $1 and digest is distinct from $2 and revision <= $3', [tenantId, digest ?? null, revision]);
    },
  };
}
