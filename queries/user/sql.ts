import { Role, UserState, type User } from '../../schema/user/types';

/** A row of `views.users`. */
export interface UserRow {
  id: string;
  tenant_id: string;
  email: string | null;
  display_name: string;
  role: string;
  state: string;
  organization: string | null;
  note: string | null;
  picture: string | null;
  tier: string;
  daily_limit: number | null;
  daily_limited: boolean;
  created_at: Date;
  updated_at: Date;
  revision: string;
  position: string;
}

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    email: row.email,
    displayName: row.display_name,
    role: row.role as Role,
    state: row.state as UserState,
    organization: row.organization,
    note: row.note,
    picture: row.picture,
    tier: row.tier,
    ownDailyLimit: row.daily_limited ? row.daily_limit : undefined,
    dailyLimitIsDefault: !row.daily_limited,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    revision: String(row.revision),
  };
}
