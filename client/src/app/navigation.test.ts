import type { Rights } from '../lib/permissions';
import { destinationAt, landingOf, missingFeature, navigation, navigationOf, opens } from './navigation';

const user: Rights = {
  role: 'USER',
  scopes: ['account', 'users:read', 'clients:read', 'clients:write', 'tenant:read', 'keys:read', 'runs:read', 'chats:read', 'chats:write'],
  features: ['CHAT', 'VIRTUAL_KEYS', 'KEY_POOLS', 'RUNS'],
};
const operator: Rights = {
  ...user,
  role: 'OWNER',
  scopes: [...user.scopes, 'runs:write', 'runs:manage', 'tenant:write', 'tenants:manage', 'operations:read', 'pools:read', 'audit:read'],
  features: [...user.features, 'LEGNEXT', 'KLING', 'GALLERY', 'PORTAL'],
};

const placesOf = (rights: Rights): string[] => navigationOf(rights).flatMap(({ items }) => items.map(({ to }) => to));

describe('navigation', () => {
  it('has the destinations that scopes and their reach open', () => {
    expect(placesOf(user)).toEqual(['/chat/{-$sessionId}', '/runs', '/virtual-keys']);
    expect(placesOf(operator)).toEqual(navigation.flatMap(({ items }) => items.map(({ to }) => to)));
    expect(placesOf({ ...operator, scopes: operator.scopes.filter((scope) => scope !== 'tenants:manage') })).not.toContain('/tenants');
  });

  it('TEST-02: loses the destinations of a feature that is switched off, and the group when it was the last', () => {
    const without: Rights = { ...user, features: ['RUNS'] };
    expect(placesOf(without)).toEqual(['/runs']);
    expect(navigationOf(without).map(({ label }) => label)).toEqual(['nav.operate']);
    expect(placesOf({ ...user, features: [] })).toEqual([]);
    expect(landingOf({ ...user, features: [] })).toBeUndefined();
  });

  it('TEST-85: has the pages to make things with, the gallery and the portal where they are switched on, and only for those who may', () => {
    const maker: Rights = { ...user, scopes: [...user.scopes, 'runs:write'], features: [...user.features, 'LEGNEXT', 'GALLERY', 'PORTAL'] };
    expect(placesOf(maker)).toEqual(['/home', '/chat/{-$sessionId}', '/create/legnext', '/gallery', '/runs', '/virtual-keys']);
    expect(placesOf({ ...maker, scopes: user.scopes })).not.toContain('/create/legnext');
    expect(placesOf({ ...maker, features: maker.features.filter((feature) => feature !== 'RUNS') })).toEqual(['/home', '/chat/{-$sessionId}', '/virtual-keys']);
    const kling = navigation.flatMap(({ items }) => items).find(({ to }) => to === '/create/kling')!;
    expect(missingFeature(maker, kling)).toBe('KLING');
    expect(missingFeature({ ...maker, features: ['KLING'] }, kling)).toBe('RUNS');
  });

  it('lands where the caller may be', () => {
    expect(landingOf(operator)?.to).toBe('/home');
    expect(landingOf({ ...operator, features: user.features })?.to).toBe('/overview');
    expect(landingOf(user)?.to).toBe('/chat/{-$sessionId}');
    expect(landingOf({ ...user, features: ['RUNS'] })?.to).toBe('/runs');
  });

  it('knows to which destination a path belongs', () => {
    expect(destinationAt('/tenants')?.to).toBe('/tenants');
    expect(destinationAt('/tenant')?.to).toBe('/tenant');
    expect(destinationAt('/chat/abc')?.to).toBe('/chat/{-$sessionId}');
    expect(destinationAt('/chatter')).toBeUndefined();
    expect(destinationAt('/account')).toBeUndefined();
  });

  it('has one letter for each destination', () => {
    const keys = navigation.flatMap(({ items }) => items.map(({ key }) => key));
    expect(new Set(keys).size).toBe(keys.length);
    expect(navigation.flatMap(({ items }) => items).every((item) => opens(operator, item))).toBe(true);
  });
});
