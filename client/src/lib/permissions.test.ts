import { may, type Rights } from './permissions';

const everything: Rights['features'] = ['CHAT', 'VIRTUAL_KEYS', 'KEY_POOLS', 'RUNS'];
const user: Rights = { role: 'USER', scopes: ['account', 'users:read', 'keys:read', 'chats:write'], features: everything };

describe('what the screens offer', () => {
  it('is what the server said, whatever the role would have', () => {
    expect(may(user, 'keys:read')).toBe(true);
    expect(may(user, 'keys:write')).toBe(false);
    expect(may({ ...user, role: 'OWNER' }, 'keys:write')).toBe(false);
    expect(may({ ...user, scopes: [...user.scopes, 'keys:write'] }, 'keys:write')).toBe(true);
  });

  it('leaves out what belongs to a feature that is off', () => {
    expect(may(user, 'chats:write')).toBe(true);
    const without: Rights = { ...user, features: ['VIRTUAL_KEYS', 'KEY_POOLS', 'RUNS'] };
    expect(may(without, 'chats:write')).toBe(false);
    expect(may(without, 'users:read')).toBe(true);
  });

  it('knows a scope that reaches no further than what is one’s own', () => {
    expect(may(user, 'users:read', 'tenant')).toBe(false);
    expect(may({ ...user, role: 'AUDITOR' }, 'users:read', 'tenant')).toBe(true);
    expect(may({ role: 'OWNER', scopes: ['tenants:manage'], features: [] }, 'tenants:manage', 'tenant')).toBe(true);
  });
});
