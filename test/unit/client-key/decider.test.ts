import { clientKey, type ClientKeyCommand, type Owner } from '../../../commands/client-key/decider';
import type { Scope } from '../../../schema/access/scopes';
import type { ClientKeyEvent } from '../../../schema/client-key/events';
import { specification, twiceIsOnce } from '../../support/specification';

const key = { keyId: 'k1', tenantId: 't1', name: 'nightly', lastFour: 'x9Zq', fingerprint: 'f1', expiresAt: '2027-01-31T00:00:00.000Z' };
const admin: readonly Scope[] = ['account', 'users:read', 'users:write', 'clients:write', 'keys:read'];
const robot: Owner = { kind: 'service', id: 'c1', scopes: ['users:read', 'audit:read'] };
const person: Owner = { kind: 'user', id: 'u1' };
const issued = (owner: Owner, scopes: Scope[]): ClientKeyEvent =>
  ({ type: 'ClientKeyIssued', data: { ...key, ownerKind: owner.kind, ownerId: owner.id, scopes } });
const revoked: ClientKeyEvent = { type: 'ClientKeyRevoked', data: { keyId: 'k1' } };
const issue = (owner: Owner, scopes?: readonly Scope[], grantor = admin): ClientKeyCommand => ({ type: 'IssueClientKey', key, owner, scopes, grantor });

describe('clientKey', () => {
  it('of a service client holds what both the client and the issuer have', () => {
    specification(clientKey).given().when(issue(robot)).then([issued(robot, ['users:read'])]);
    specification(clientKey).given().when(issue(robot, ['users:read'])).then([issued(robot, ['users:read'])]);
    specification(clientKey).given().when(issue(robot, ['audit:read'])).thenRefused('B2003', 'scope_exceeds', { scope: 'audit:read' });
    specification(clientKey).given().when(issue(robot, ['keys:read'])).thenRefused('B2003', 'scope_exceeds', { scope: 'keys:read' });
    twiceIsOnce(clientKey, [], issue(robot));
  });

  it('of a person holds what they have, but neither their account nor the power to make keys', () => {
    specification(clientKey).given().when(issue(person)).then([issued(person, ['users:read', 'users:write', 'keys:read'])]);
    specification(clientKey).given().when(issue(person, ['keys:read', 'users:read'])).then([issued(person, ['users:read', 'keys:read'])]);
    for (const scope of ['account', 'clients:write', 'audit:read'] as const) {
      specification(clientKey).given().when(issue(person, ['users:read', scope])).thenRefused('B2003', 'scope_exceeds', { scope });
    }
  });

  it('holds at least one right', () => {
    specification(clientKey).given().when(issue(person, [])).thenRefused('V1001', 'no_scopes');
    specification(clientKey).given().when(issue(robot, undefined, ['keys:read'])).thenRefused('V1001', 'no_scopes');
  });

  it('that is issued again by the same command stays the first one', () => {
    specification(clientKey).given([issued(person, ['users:read'])]).when({ ...issue(person), key: { ...key, fingerprint: 'f2' } } as ClientKeyCommand).thenNothing();
  });

  it('is revoked once and for good', () => {
    const revoke: ClientKeyCommand = { type: 'RevokeClientKey' };
    specification(clientKey).given([issued(robot, ['users:read'])]).when(revoke).then([revoked]);
    twiceIsOnce(clientKey, [issued(robot, ['users:read'])], revoke);
    specification(clientKey).given([issued(robot, ['users:read']), revoked]).when(issue(robot)).thenState((state) => expect(state).toMatchObject({ revoked: true }));
    specification(clientKey).given().when(revoke).thenRefused('E4041', 'client_key_unknown');
  });

  it('of somebody else does not exist for who may only touch their own', () => {
    specification(clientKey).given([issued(person, ['users:read'])]).when({ type: 'RevokeClientKey', ownerId: 'u1' }).then([revoked]);
    specification(clientKey).given([issued(person, ['users:read'])]).when({ type: 'RevokeClientKey', ownerId: 'u2' }).thenRefused('E4041', 'client_key_unknown');
    specification(clientKey).given([issued(robot, ['users:read'])]).when({ type: 'RevokeClientKey', ownerId: 'c1' }).thenRefused('E4041', 'client_key_unknown');
  });
});
