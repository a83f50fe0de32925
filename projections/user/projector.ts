import path from 'node:path';
import { userEvents, type UserEvent } from '../../schema/user/events';
import { projectRoot } from '../../src/paths';
import type { Change, Open, Projected, Projector, Row } from '../../src/projection-runtime/projector';

/** Shown in place of a name whose owner was erased. */
const ERASED_NAME = 'Erased user';

/** View `users`: one row a user, newest state. */
export const usersProjector: Projector<typeof userEvents> = {
  name: 'users',
  version: 2,
  events: userEvents,
  tables: path.join(projectRoot, 'projections/user/tables.sql'),
  live: { table: 'users', key: 'id' },
  project: (events, open) => events.map((event) => change(event, open)),
};

function change(event: Projected<UserEvent>, open: Open): Change {
  const { position, metadata } = event.at;
  const key = { id: event.data.userId };
  const set = { ...columnsOf(event, open), updated_at: new Date(metadata.at), revision: event.at.revision };
  if (event.type !== 'UserCreated') return { kind: 'patch', table: 'users', key, position, set };
  return { kind: 'put', table: 'users', key, position, set: { tenant_id: metadata.tenant, created_at: new Date(metadata.at), ...set } };
}

function columnsOf(event: UserEvent, open: Open): Row {
  switch (event.type) {
    case 'UserCreated': {
      const { email, displayName, role, organization, note, tier } = event.data;
      return {
        email: open(email), display_name: open(displayName) ?? ERASED_NAME, role, state: 'active', ...organizationColumns(organization),
        note: note && open(note), picture: null, tier, daily_limit: null, daily_limited: false,
      };
    }
    case 'UserUpdated': {
      const { displayName, organization, note, picture } = event.data;
      return {
        ...(displayName && { display_name: open(displayName) ?? ERASED_NAME }),
        ...(organization !== undefined && organizationColumns(organization)),
        ...(note !== undefined && { note: note && open(note) }),
        ...(picture !== undefined && { picture: picture && open(picture) }),
      };
    }
    case 'RoleAssigned':
      return { role: event.data.role };
    case 'TierAssigned':
      return { tier: event.data.tier };
    case 'DailyLimitSet':
      return { daily_limit: event.data.requests, daily_limited: true };
    case 'UserDeactivated':
      return { state: 'deactivated' };
    case 'UserReactivated':
      return { state: 'active' };
    case 'UserDeleted':
      return { state: 'deleted', email: null };
    case 'PreferencesSet':
    case 'PasswordChanged':
    case 'PasswordLinkIssued':
      return {};
    default:
      return event satisfies never;
  }
}

function organizationColumns(organization: string | null): Row {
  return { organization, organization_order: organization ?? '' };
}
