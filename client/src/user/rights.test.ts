import type { Role } from '../lib/permissions';
import { actsOn, rolesToGive } from './rights';

const manager = (role: Role, mayWrite = true) => ({ id: 'me', role, mayWrite });
const user = (role: Role, state: 'ACTIVE' | 'DEACTIVATED' | 'DELETED' = 'ACTIVE', id = 'them') => ({ id, role, state });
const offered = (acts: object) => Object.entries(acts).filter(([, may]) => may).map(([act]) => act);

it('lets nobody act on people above them, nor an admin on other admins', () => {
  expect(offered(actsOn(manager('ADMIN'), user('OWNER')))).toEqual([]);
  expect(offered(actsOn(manager('ADMIN'), user('ADMIN')))).toEqual([]);
  expect(offered(actsOn(manager('ADMIN'), user('USER')))).toEqual(['edit', 'assignRole', 'password', 'sessions', 'deactivate', 'delete']);
  expect(offered(actsOn(manager('OWNER'), user('OWNER')))).toContain('delete');
});

it('offers on one’s own account only what cannot lock oneself out', () => {
  expect(offered(actsOn(manager('OWNER'), user('OWNER', 'ACTIVE', 'me')))).toEqual(['edit']);
});

it('offers those who only read nothing', () => {
  expect(offered(actsOn(manager('OWNER', false), user('USER')))).toEqual([]);
  expect(offered(actsOn(manager('AUDITOR'), user('USER')))).toEqual([]);
});

it('brings the deactivated back and leaves the deleted alone', () => {
  expect(offered(actsOn(manager('OWNER'), user('USER', 'DEACTIVATED')))).toEqual(['edit', 'assignRole', 'reactivate', 'delete']);
  expect(offered(actsOn(manager('OWNER'), user('USER', 'DELETED')))).toEqual([]);
});

it('lets an admin make auditors and users, an owner everybody', () => {
  expect(rolesToGive('ADMIN')).toEqual(['AUDITOR', 'USER']);
  expect(rolesToGive('OWNER')).toEqual(['OWNER', 'ADMIN', 'AUDITOR', 'USER']);
});
