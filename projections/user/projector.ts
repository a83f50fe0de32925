import path from 'node:path';
import { userEvents, type UserEvent } from '../../schema/user/events';
import { projectRoot } from '../../src/paths';
import type { Change, Open, Projected, Projector } from '../../src/projection-runtime/projector';

/** Shown in place of a name whose owner was erased. */
const ERASED_NAME = 'Erased user';

/** View `users`: one row a user, newest state. */
export const usersProjector: Projector<typeof userEvents> = {
  name: 'users',
  version: 1,
  events: userEvents,
  tables: path.join(projectRoot, 'projections/user/tables.sql'),
  live: { table: 'users', key: 'id' },
  project: (events, open) => events.map((event) => change(event, open)),
};

function change(event: Projected<UserEvent>, open: Open): Change {
  const { position, revision, metadata } = event.at;
  const seen = { updated_at: new Date(metadata.at), revision };
  const key = { id: event.data.userId };
  switch (event.type) {
    case 'UserCreated':
      return {
        kind: 'put', table: 'users', key, position,
        set: {
          tenant_id: metadata.tenant,
          email: open(event.data.email),
          display_name: open(event.data.displayName) ?? ERASED_NAME,
          role: event.data.role,
          state: 'active',
          created_at: new Date(metadata.at),
          ...seen,
        },
      };
    case 'RoleAssigned':
      return { kind: 'patch', table: 'users', key, position, set: { role: event.data.role, ...seen } };
    case 'UserDeactivated':
      return { kind: 'patch', table: 'users', key, position, set: { state: 'deactivated', ...seen } };
    case 'UserUpdated':
    case 'TierAssigned':
    case 'DailyLimitSet':
    case 'PreferencesSet':
    case 'PasswordChanged':
    case 'PasswordLinkIssued':
    case 'UserReactivated':
    case 'UserDeleted':
      return { kind: 'patch', table: 'users', key, position, set: seen };
    default:
      return event satisfies never;
  }
}
