import { randomUUID } from 'node:crypto';
import { entitlement } from '../../../commands/entitlement/decider';
import type { Scope } from '../../../schema/access/scopes';
import { entitlementId } from '../../../schema/entitlement/subject';
import { encodeCursor } from '../../../src/graphql/cursor';
import { person as principalOf, service } from '../../support/principals';
import { createApiSetting, type ApiSetting, type Person } from '../chat-session/api-setting';

const ADDRESS = '203.0.113.9';
const DEVICE = 'A browser';
const SESSIONS = 'query ($id: ID!) { node(id: $id) { ... on User { sessions { address device method } } } }';
const NOTES = `query ($filter: UserFilter) { users(filter: $filter) { nodes { note } totalCount } userExport(filter: $filter) { csv } }`;

let api: ApiSetting;
let user: Person;
let auditor: Person;
let admin: Person;

beforeAll(async () => {
  const unused = async (): Promise<never> => { throw new Error('no keys here'); };
  api = await createApiSetting({ llm: { streamChat: () => { throw new Error('no chats here'); } }, litellm: { generateKey: unused, deleteKey: unused } });
  user = await api.person('user', 't1', { note: 'Pays late', tier: 'gold' });
  [auditor, admin] = [await api.person('auditor'), await api.person('admin', 't1', { note: 'Pays early' })];
  for (const who of [user, auditor]) {
    const [address, device] = await Promise.all(
      Object.entries({ address: ADDRESS, device: DEVICE }).map(([field, text]) => api.vault.seal({ tenant: 't1', subject: who.userId, field }, text)));
    await api.auth.standings.setUser(who.userId, { tenantId: 't1', role: who.role, active: true, tier: 'gold', dailyRequests: null }, 0n);
    await api.auth.sessions.open({ userId: who.userId, tenantId: 't1', method: 'password', address: address!, device: device! });
  }
  const command = { commandId: randomUUID(), correlationId: 'c', causationId: 'c', actor: { kind: 'system', id: 'test' }, tenant: 't1' } as const;
  const subjects = [[{ kind: 'tenant', name: 't1' }, []], [{ kind: 'tier', name: 'gold' }, ['gpt-4o']]] as const;
  for (const [subject, models] of subjects) {
    await api.commands.execute(entitlement, entitlementId('t1', subject), { type: 'SetEntitlements', subject, models }, { ...command, commandId: subject.kind });
  }
});
afterAll(() => api.close());

/** The user, calling by a client key that holds only these scopes. */
const byKey = (who: Person, ...scopes: Scope[]) =>
  principalOf(who.userId, who.role, who.tenantId, { proof: { kind: 'client_key', keyId: 'k', scopes } });

describe('where somebody is signed in', () => {
  const shown = { method: 'PASSWORD', address: ADDRESS, device: DEVICE };
  const masked = { method: 'PASSWORD', address: '203.0.113.x', device: null };
  const sessionsOf = async (who: Parameters<ApiSetting['ask']>[0], whose: Person): Promise<unknown> =>
    (await api.ask(who, SESSIONS, { id: whose.id })).node.sessions;

  it('is shown in full to themselves and to those who manage people', async () => {
    expect(await sessionsOf(user, user)).toEqual([shown]);
    expect(await sessionsOf(auditor, auditor)).toEqual([shown]);
    expect(await sessionsOf(admin, user)).toEqual([shown]);
    expect(await sessionsOf(service('c', ['users:read', 'users:write'], 't1'), user)).toEqual([shown]);
  });

  it('is a network without a device to those who only read, and to their own keys', async () => {
    expect(await sessionsOf(auditor, user)).toEqual([masked]);
    expect(await sessionsOf(service('c', ['users:read'], 't1'), user)).toEqual([masked]);
    expect(await sessionsOf(byKey(admin, 'users:read'), user)).toEqual([masked]);
    expect(await sessionsOf(byKey(user, 'users:read'), user)).toEqual([masked]);
  });
});

describe('the viewer by a client key', () => {
  it.each(['sessions { id }', 'identities { id }', 'preferences { explanationStyle }', 'hasPassword'])('is not shown %s, whatever the key holds', async (field) => {
    await api.ask(user, `{ viewer { ${field} } }`);
    await expect(api.ask(byKey(user, 'runs:read', 'users:read'), `{ viewer { ${field} } }`)).rejects.toThrow('This key does not have the scope account.');
  });

  it.each([
    ['user { id }', 'users:read'], ['usage { dailyRequests }', 'users:read'], ['entitlements { models }', 'entitlements:read'],
  ] as const)('is shown %s with %s only', async (field, scope) => {
    await api.ask(byKey(user, scope), `{ viewer { ${field} } }`);
    await expect(api.ask(byKey(user, 'runs:read'), `{ viewer { ${field} } }`)).rejects.toThrow(`This key does not have the scope ${scope}.`);
  });

  it('has what the tier grants, also when the key does not read people', async () => {
    const ENTITLEMENTS = '{ viewer { entitlements { models fromTier { models } } } }';
    const granted = { viewer: { entitlements: { models: ['gpt-4o'], fromTier: { models: ['gpt-4o'] } } } };
    expect(await api.ask(user, ENTITLEMENTS)).toEqual(granted);
    expect(await api.ask(byKey(user, 'entitlements:read'), ENTITLEMENTS)).toEqual(granted);
  });
});

describe('what operators want to remember', () => {
  it('is read by those who read all people', async () => {
    for (const who of [admin, auditor, service('c', ['users:read'], 't1')]) {
      const { users, userExport } = await api.ask(who, NOTES, { filter: { search: '@info:late' } });
      expect(users).toEqual({ nodes: [{ note: 'Pays late' }], totalCount: 1 });
      expect(userExport.csv).toContain('Pays late');
    }
  });

  it('is neither shown to nor found by whom it is about', async () => {
    for (const who of [user, byKey(user, 'users:read')]) {
      const { users, userExport } = await api.ask(who, NOTES, {});
      expect(users).toEqual({ nodes: [{ note: null }], totalCount: 1 });
      expect(userExport.csv).not.toContain('late');
      const found = await api.ask(who, NOTES, { filter: { search: '@info:late' } });
      expect(found.users.totalCount).toBe(0);
      expect(found.userExport.csv.trim().split('\n')).toHaveLength(1);
    }
    const { viewer } = await api.ask(user, '{ viewer { user { note } } }');
    expect(viewer.user.note).toBeNull();
  });
});

describe('an export of people', () => {
  it.each([{ value: 'not a time', key: 'k' }, { value: '2026-01-01', key: '\u0000' }])('refuses the made-up cursor %j', async (place) => {
    await expect(api.ask(admin, 'query ($after: String) { userExport(after: $after) { csv } }', { after: encodeCursor('views.users.export', place) }))
      .rejects.toThrow('cursor');
  });
});
