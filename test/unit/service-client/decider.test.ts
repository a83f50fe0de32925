import { serviceClient, type ServiceClientCommand } from '../../../commands/service-client/decider';
import type { Scope } from '../../../schema/access/scopes';
import type { ServiceClientEvent } from '../../../schema/service-client/events';
import { specification, twiceIsOnce } from '../../support/specification';

const admin: readonly Scope[] = ['account', 'users:read', 'users:write', 'clients:write', 'keys:read', 'audit:read'];
const created: ServiceClientEvent = {
  type: 'ServiceClientCreated', data: { clientId: 'c1', tenantId: 't1', name: 'robot', scopes: ['users:read', 'keys:read'] },
};
const updated = (change: { name?: string; scopes?: Scope[] }): ServiceClientEvent => ({ type: 'ServiceClientUpdated', data: { clientId: 'c1', ...change } });
const deleted: ServiceClientEvent = { type: 'ServiceClientDeleted', data: { clientId: 'c1' } };

const create = (scopes: readonly Scope[], grantor = admin): ServiceClientCommand =>
  ({ type: 'CreateServiceClient', clientId: 'c1', tenantId: 't1', name: 'robot', scopes, grantor });
const update = (change: { name?: string; scopes?: readonly Scope[] }, grantor = admin): ServiceClientCommand =>
  ({ type: 'UpdateServiceClient', ...change, grantor });
const remove = (confirmation: string): ServiceClientCommand => ({ type: 'DeleteServiceClient', confirmation });

describe('serviceClient', () => {
  it('is created once, its scopes in the order of the table', () => {
    specification(serviceClient).given().when(create(['keys:read', 'users:read'])).then([created]);
    twiceIsOnce(serviceClient, [], create(['users:read']));
  });

  it('gets no right that its maker does not have', () => {
    specification(serviceClient).given().when(create(['users:read', 'pools:write'])).thenRefused('B2003', 'scope_not_held', { scope: 'pools:write' });
  });

  it.each<Scope>(['account', 'clients:read', 'clients:write', 'tenants:manage', 'chats:read', 'chats:write', 'usage:write'])(
    'never gets %s, whoever makes it', (scope) => {
      specification(serviceClient).given().when(create([scope], [scope])).thenRefused('V1001', 'scope_not_grantable', { scope });
      specification(serviceClient).given([created]).when(update({ scopes: [scope] }, [scope])).thenRefused('V1001', 'scope_not_grantable', { scope });
    });

  it('changes only what is given and different', () => {
    const given = specification(serviceClient).given([created]);
    given.when(update({ name: 'droid' })).then([updated({ name: 'droid' })]);
    given.when(update({ scopes: [] })).then([updated({ scopes: [] })]);
    given.when(update({ name: 'robot', scopes: ['keys:read', 'users:read'] })).thenNothing();
    given.when(update({ scopes: ['audit:read', 'users:read'] })).thenState((state) =>
      expect(state).toMatchObject({ name: 'robot', scopes: ['users:read', 'audit:read'] }));
    twiceIsOnce(serviceClient, [created], update({ name: 'droid', scopes: ['users:read'] }));
  });

  it('keeps what it has when somebody with fewer rights changes it, and gains nothing from them', () => {
    const given = specification(serviceClient).given([created]);
    given.when(update({ scopes: ['users:read', 'keys:read'], name: 'x' }, [])).then([updated({ name: 'x' })]);
    given.when(update({ scopes: ['users:read', 'keys:read', 'audit:read'] }, ['users:read'])).thenRefused('B2003', 'scope_not_held', { scope: 'audit:read' });
    specification(serviceClient).given([created, updated({ scopes: ['users:read'] })])
      .when(update({ scopes: ['users:read', 'keys:read'] }, ['users:read'])).thenRefused('B2003', 'scope_not_held', { scope: 'keys:read' });
  });

  it('is deleted by its name, once, and is then unknown', () => {
    specification(serviceClient).given([created]).when(remove('Robot')).thenRefused('V1001', 'confirmation');
    specification(serviceClient).given([created]).when(remove('robot')).then([deleted]);
    twiceIsOnce(serviceClient, [created], remove('robot'));
    specification(serviceClient).given([created, deleted]).when(update({ name: 'x' })).thenRefused('E4041', 'service_client_unknown');
    for (const command of [update({ name: 'x' }), remove('robot')]) {
      specification(serviceClient).given().when(command).thenRefused('E4041', 'service_client_unknown');
    }
  });
});
