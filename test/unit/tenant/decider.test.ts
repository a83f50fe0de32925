import { tenant, type TenantCommand } from '../../../commands/tenant/decider';
import { tenantIdOf } from '../../../commands/tenant/tenant-id';
import { decodeEvent } from '../../../schema/define-events';
import { tenantEvents, type TenantEvent } from '../../../schema/tenant/events';
import { specification, twiceIsOnce } from '../../support/specification';

const tenantId = 't1';
const created = (slug = 'school_a'): TenantEvent => ({ type: 'TenantCreated', data: { tenantId, slug, name: 'School A' } });
const owned: TenantEvent = { type: 'OwnerAdded', data: { tenantId, userId: 'u1', term: 0 } };
const unowned: TenantEvent = { type: 'OwnerRemoved', data: { tenantId, userId: 'u1', term: 1 } };
const NOW = Date.parse('2026-03-01T09:00:00.000Z');
const create = { type: 'CreateTenant', tenantId, slug: 'school_a', name: 'School A', claim: { ownerId: 'u1', now: NOW } } as const;
const byAnother = (now: number) => ({ ...create, claim: { ownerId: 'u2', now } });
const claimed = (ownerId = 'u1', until = '2026-03-01T09:01:00.000Z'): TenantEvent => ({ type: 'TenantClaimed', data: { tenantId, ownerId, until } });
const spec = specification(tenant);

describe('create tenant', () => {
  test('records it, and for whom it is made', () => {
    spec.given().when(create).then([created(), claimed()]);
    spec.given().when({ ...create, claim: undefined }).then([created()]);
  });
  test('twice is once', () => twiceIsOnce(tenant, [], create));
  test('a slug with an owner is taken', () => {
    spec.given([created(), owned]).when(byAnother(NOW)).thenRefused('E4091', 'slug_taken');
    spec.given([created(), owned]).when({ ...create, claim: undefined }).thenRefused('E4091', 'slug_taken');
  });
  test('one that is being made for somebody is taken for a minute', () => {
    spec.given([created(), claimed()]).when(byAnother(NOW + 59_999)).thenRefused('E4091', 'slug_taken');
    spec.given([created(), claimed()]).when(byAnother(NOW + 60_000)).then([claimed('u2', '2026-03-01T09:02:00.000Z')]);
  });
  test('one that waits for its owner is taken up by one at a time, and called as its owner says', () => {
    spec.given([created()]).when(create).then([claimed()]);
    spec.given([created(), claimed()]).when({ ...create, name: 'School of Art' })
      .then([{ type: 'TenantRenamed', data: { tenantId, name: 'School of Art' } }]);
    spec.given([created(), owned, unowned]).when(byAnother(NOW)).then([claimed('u2')]);
    twiceIsOnce(tenant, [created()], create);
  });
  test('the one for whom it was made claims it anew when it took too long', () => {
    const now = NOW + 60_000;
    spec.given([created(), claimed()]).when({ ...create, claim: { ownerId: 'u1', now } }).then([claimed('u1', '2026-03-01T09:02:00.000Z')]);
    spec.given([created(), claimed(), claimed('u2', '2026-03-01T09:02:00.000Z')]).when({ ...create, claim: { ownerId: 'u1', now } })
      .thenRefused('E4091', 'slug_taken');
  });
  test('repeated by the one who owns it already, it changes nothing', () => spec.given([created(), claimed(), owned]).when(create).thenNothing());
});

describe('rename tenant', () => {
  const rename: TenantCommand = { type: 'RenameTenant', name: 'School of Art' };
  test('records the name', () => spec.given([created()]).when(rename).then([{ type: 'TenantRenamed', data: { tenantId, name: 'School of Art' } }]));
  test('twice is once', () => twiceIsOnce(tenant, [created()], rename));
  test('one that is unknown is refused', () => spec.given().when(rename).thenRefused('E4041', 'tenant_unknown'));
});

describe('change branding', () => {
  const branded: TenantEvent = { type: 'BrandingChanged', data: { tenantId, pageTitle: 'Page', browserTitle: 'Tab' } };
  test('omitted keeps, null clears', () => {
    spec.given([created(), branded]).when({ type: 'ChangeBranding', pageTitle: null })
      .then([{ type: 'BrandingChanged', data: { tenantId, pageTitle: null, browserTitle: 'Tab' } }]);
    spec.given([created(), branded]).when({ type: 'ChangeBranding', browserTitle: 'Other' })
      .then([{ type: 'BrandingChanged', data: { tenantId, pageTitle: 'Page', browserTitle: 'Other' } }]);
  });
  test('the same is no change', () => {
    spec.given([created(), branded]).when({ type: 'ChangeBranding', pageTitle: 'Page', browserTitle: 'Tab' }).thenNothing();
    spec.given([created()]).when({ type: 'ChangeBranding', pageTitle: null }).thenNothing();
  });
  test('twice is once', () => twiceIsOnce(tenant, [created()], { type: 'ChangeBranding', pageTitle: 'Page' }));
});

describe('change logo', () => {
  const logo = { digest: 'd1', contentType: 'image/png' };
  const changed: TenantEvent = { type: 'LogoChanged', data: { tenantId, ...logo } };
  test('records digest and type', () => spec.given([created()]).when({ type: 'ChangeLogo', logo }).then([changed]));
  test('twice is once', () => twiceIsOnce(tenant, [created()], { type: 'ChangeLogo', logo }));
  test('null takes it away, once', () => {
    spec.given([created(), changed]).when({ type: 'ChangeLogo', logo: null }).then([{ type: 'LogoChanged', data: { tenantId, digest: null, contentType: null } }]);
    twiceIsOnce(tenant, [created(), changed], { type: 'ChangeLogo', logo: null });
    spec.given([created()]).when({ type: 'ChangeLogo', logo: null }).thenNothing();
  });
});

describe('suspend and resume', () => {
  const suspend: TenantCommand = { type: 'SuspendTenant', confirmation: 'school_a' };
  const suspended: TenantEvent = { type: 'TenantSuspended', data: { tenantId } };
  test('record it', () => {
    spec.given([created()]).when(suspend).then([suspended]);
    spec.given([created(), suspended]).when({ type: 'ResumeTenant' }).then([{ type: 'TenantResumed', data: { tenantId } }]);
  });
  test('twice is once', () => {
    twiceIsOnce(tenant, [created()], suspend);
    twiceIsOnce(tenant, [created(), suspended], { type: 'ResumeTenant' });
  });
  test('one is suspended by whoever types its slug', () =>
    spec.given([created()]).when({ ...suspend, confirmation: 'School A' }).thenRefused('V1001', 'confirmation'));
  test('the default tenant runs the server and stays', () =>
    spec.given([created('default')]).when({ ...suspend, confirmation: 'default' }).thenRefused('B2003', 'default_tenant'));
  test('one that is unknown is refused', () => spec.given().when(suspend).thenRefused('E4041', 'tenant_unknown'));
});

test('a tenant of the first version is the default one', () => {
  const event = decodeEvent(tenantEvents, { type: 'TenantCreated', data: { tenantId, name: 'Acme' }, metadata: { v: 1 } });
  expect(event?.data).toEqual({ tenantId, name: 'Acme', slug: 'default' });
});

test('the id of a slug never changes', () => {
  expect(tenantIdOf('default')).toBe('1becbc8a-89d8-5cb6-8c85-e732ae9cc008');
});
