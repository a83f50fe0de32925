import type { Scope } from '../../schema/access/scopes';
import type { ServiceClient } from '../../schema/service-client/types';

/** A row of `views.service_clients`. */
export interface ServiceClientRow {
  id: string;
  tenant_id: string;
  name: string;
  scopes: Scope[];
  deleted: boolean;
  created_at: Date;
  updated_at: Date;
  revision: string;
  position: string;
}

export function toServiceClient(row: ServiceClientRow): ServiceClient {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    deleted: row.deleted,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    revision: String(row.revision),
    position: BigInt(row.position),
  };
}
