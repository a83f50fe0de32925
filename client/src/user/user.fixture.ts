import type { UserRow } from './list';

/** A user for tests. */
export const aUser = (name: string, changed: Partial<UserRow> = {}): UserRow => ({
  __typename: 'User',
  id: btoa(`User:${name.toLowerCase()}`),
  email: `${name.toLowerCase()}@example.com`,
  displayName: name,
  role: 'USER',
  state: 'ACTIVE',
  organization: 'Physics',
  note: null,
  picture: null,
  tier: 'free',
  dailyLimit: 100,
  dailyLimitIsDefault: true,
  createdAt: '2030-01-01T00:00:00.000Z',
  updatedAt: '2030-01-01T00:00:00.000Z',
  revision: '0',
  entitlements: { __typename: 'EffectiveEntitlements', models: ['gpt-4o'] },
  ...changed,
});
