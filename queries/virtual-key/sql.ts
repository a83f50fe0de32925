import { VirtualKeyState, type VirtualKey } from '../../schema/virtual-key/types';

/** A row of `views.virtual_keys`. */
export interface VirtualKeyRow {
  id: string;
  tenant_id: string;
  key_alias: string;
  owner_id: string;
  last_four: string;
  models: string[];
  max_budget: string | null;
  budget_duration: string | null;
  rpm_limit: number | null;
  tpm_limit: number | null;
  max_parallel_requests: number | null;
  expires_at: Date | null;
  state: string;
  failure: string | null;
  simulated: boolean;
  created_at: Date;
  updated_at: Date;
  revision: string;
  position: string;
}

export function toVirtualKey(row: VirtualKeyRow): VirtualKey {
  return {
    id: row.id,
    ownerId: row.owner_id,
    keyAlias: row.key_alias,
    lastFour: row.last_four,
    models: row.models,
    maxBudget: row.max_budget,
    budgetDuration: row.budget_duration,
    rpmLimit: row.rpm_limit,
    tpmLimit: row.tpm_limit,
    maxParallelRequests: row.max_parallel_requests,
    expiresAt: row.expires_at && new Date(row.expires_at),
    state: row.state as VirtualKeyState,
    failure: row.failure,
    simulated: row.simulated,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    revision: String(row.revision),
    position: BigInt(row.position),
  };
}
