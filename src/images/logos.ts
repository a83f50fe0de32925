import type { SqlPool } from '../vault/sql-pool';

export interface Logo {
  /** SHA-256 of the bytes, hex. */
  digest: string;
  contentType: 'image/png' | 'image/svg+xml';
  bytes: Buffer;
}

/** The pictures that the logos of tenants are; which one a tenant has is in the log. */
export interface Logos {
  put(tenantId: string, logo: Logo): Promise<void>;
  get(tenantId: string, digest: string): Promise<Logo | undefined>;
  /** Forgets all of a tenant but one, or all. */
  keepOnly(tenantId: string, digest: string | undefined): Promise<void>;
}

export function createLogos(pool: SqlPool): Logos {
  return {
    async put(tenantId, { digest, contentType, bytes }) {
      await pool.query(
        'insert into tenant_logos (tenant_id, digest, content_type, bytes) values ($1, $2, $3, $4) on conflict (tenant_id, digest) do nothing',
        [tenantId, digest, contentType, bytes]);
    },
    async get(tenantId, digest) {
      const { rows: [row] } = await pool.query<{ content_type: Logo['contentType']; bytes: Buffer }>(
        'select content_type, bytes from tenant_logos where tenant_id = $1 and digest = $2', [tenantId, digest]);
      return row && { digest, contentType: row.content_type, bytes: row.bytes };
    },
    async keepOnly(tenantId, digest) {
      await pool.query('delete from tenant_logos where tenant_id = $1 and digest is distinct from $2', [tenantId, digest ?? null]);
    },
  };
}
