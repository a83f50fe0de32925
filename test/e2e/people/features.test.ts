import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { featureNames } from '../../../schema/access/features';
import { follow, type Api } from '../../support/api';
import { png } from '../../support/png';
import { eventually, eventuallyHolds } from '../../support/eventually';
import { act, done, seeAll, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner, signIn } from '../../support/set-up';
import { makeTenant, type NewTenant } from '../../support/tenants';

/** As a deployment would keep them: one file a tenant. */
const SCHOOL = {
  tenant_id: 'school_a', layout: 'School A', enabled_features: ['tab.chat'],
  branding: { page_title: 'School A workbench', browser_tab_title: 'School A', logo_path: 'logos/a.svg' },
};
const DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>';

const folder = mkdtempSync(path.join(os.tmpdir(), 'keyledger-tenants-'));
const write = (name: string, content: string | Buffer | object): void =>
  writeFileSync(path.join(folder, name), typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));

const { dataDir, remove } = temporaryDataDir();
let server: ServerProcess;
let operator: Api;
let school: NewTenant;

beforeAll(async () => {
  mkdirSync(path.join(folder, 'logos'));
  write('logos/a.svg', DRAWING);
  write('school_a.json', SCHOOL);
  write('default.json', { tenant_id: 'default', layout: 'Main office', enabled_features: ['tab.chat', 'tab.virtual_keys', 'tab.key_pools', 'tab.runs'] });
  write('notes.txt', 'no tenant');
  server = await startServer({ dataDir, env: { KEYLEDGER_TENANTS_DIR: folder } });
  operator = await setUpOwner(server);
  school = await makeTenant(server, operator, 'school_a', { name: 'School A' });
}, 90_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
  remove();
}, 30_000);

const LIST = 'query ($search: String) { tenants(filter: { search: $search }) { nodes { id slug name features branding { pageTitle browserTitle logoUrl } } } }';
const configurationOf = async (slug: string): Promise<Record<string, any>> => {
  const { tenants } = await operator.ask(LIST, { search: slug });
  return (await operator.ask('query ($id: ID!) { tenantConfiguration(tenantId: $id) }', { id: tenants.nodes[0].id })).tenantConfiguration;
};
const importing = (configuration: unknown, dryRun = false): Promise<Record<string, any>> =>
  act(operator, 'importTenant', { configuration, dryRun }, 'changes tenant { slug name features }');

describe('TEST-01: one file a tenant', () => {
  test('is applied at the start: names, features, branding, logo', async () => {
    const [{ branding, ...tenant }] = (await operator.ask(LIST, { search: 'school_a' })).tenants.nodes;
    expect(tenant).toMatchObject({ slug: 'school_a', name: 'School A', features: ['CHAT'] });
    expect(branding).toMatchObject({ pageTitle: 'School A workbench', browserTitle: 'School A', logoUrl: expect.stringMatching(/^\/logo\/[0-9a-f]{64}$/) });
    const logo = await fetch(server.url + branding.logoUrl, { headers: { cookie: school.owner.cookie()! } });
    expect(await logo.text()).toContain('<rect');
    expect((await operator.ask(LIST, { search: 'default' })).tenants.nodes).toMatchObject([{ slug: 'default' }]);
  });

  test('people of two tenants see their own tabs and titles', async () => {
    const VIEWER = '{ viewer { features tenant { name branding { pageTitle browserTitle } } } }';
    expect((await school.owner.ask(VIEWER)).viewer).toEqual({
      features: ['CHAT'], tenant: { name: 'School A', branding: { pageTitle: 'School A workbench', browserTitle: 'School A' } },
    });
    expect((await operator.ask(VIEWER)).viewer).toMatchObject({ features: ['CHAT', 'KEY_POOLS', 'RUNS', 'VIRTUAL_KEYS'], tenant: { branding: { pageTitle: null } } });
  });

  test('the export is the file again, and importing it changes nothing', async () => {
    const exported = await configurationOf('school_a');
    expect(exported).toEqual({ ...SCHOOL, branding: { ...SCHOOL.branding, logo_path: expect.stringMatching(/^\/logo\//) } });
    expect(await importing(exported)).toMatchObject({ changes: [], errors: [] });
    expect((await school.owner.ask('{ tenantConfiguration }')).tenantConfiguration).toEqual(exported);
  });

  test.each([
    { tenant_id: 'round-1', layout: 'One', enabled_features: [], branding: { page_title: null, browser_tab_title: 'Tab', logo_path: null } },
    { tenant_id: 'round-2', layout: '학교 "zwei"', enabled_features: ['tab.key_pools', 'tab.runs'], branding: { page_title: 'P', browser_tab_title: null, logo_path: null } },
    { tenant_id: 'round-3', layout: 'Three', enabled_features: ['tab.chat', 'tab.virtual_keys', 'tab.key_pools', 'tab.runs'], branding: { page_title: null, browser_tab_title: null, logo_path: null } },
  ])('whatever is imported is exported: $tenant_id', async (configuration) => {
    const dry = await importing(configuration, true);
    expect(dry).toMatchObject({ tenant: null, errors: [] });
    expect(dry.changes).toContain(`tenant: ${configuration.tenant_id}`);
    expect((await operator.ask(LIST, { search: configuration.tenant_id })).tenants.nodes).toEqual([]);
    expect((await importing(configuration)).changes).toEqual(dry.changes);
    expect(await configurationOf(configuration.tenant_id)).toEqual(configuration);
    expect(await importing(configuration)).toMatchObject({ changes: [], errors: [] });
  });

  test('omitted keeps, null takes away, and a dry run says what would be', async () => {
    await importing({ tenant_id: 'kept', layout: 'Kept', enabled_features: ['tab.runs'], branding: { page_title: 'P', browser_tab_title: 'B' } });
    expect((await importing({ tenant_id: 'kept', layout: 'Kept' })).changes).toEqual([]);
    const changed = { tenant_id: 'kept', layout: 'Renamed', branding: { page_title: null } };
    expect((await importing(changed, true)).changes).toEqual(['layout: "Kept" -> "Renamed"', 'page_title: "P" -> null']);
    expect((await configurationOf('kept')).layout).toBe('Kept');
    await importing(changed);
    expect(await configurationOf('kept')).toEqual({
      tenant_id: 'kept', layout: 'Renamed', enabled_features: ['tab.runs'], branding: { page_title: null, browser_tab_title: 'B', logo_path: null },
    });
  });

  test('a second import writes no event', async () => {
    const written = async (): Promise<number> => {
      await seeAll(school.owner);
      return (await school.owner.ask('{ auditLog { totalCount } }')).auditLog.totalCount;
    };
    const before = await written();
    await importing(await configurationOf('school_a'));
    await done(school.owner, 'renameTenant', { name: 'School A' });
    // The one that the second look itself wrote.
    expect(await written()).toBe(before + 1);
  });

  test('what is wrong is refused with its place, and unknown features with those that there are', async () => {
    const { errors } = await importing({ tenant_id: 'Bad', layout: '', enabled_features: ['tab.naver'], more: 1 });
    expect(errors.map(({ path: place }: { path: string[] }) => place.join('.'))).toEqual(expect.arrayContaining([
      'input.configuration.tenant_id', 'input.configuration.layout', 'input.configuration.enabled_features.0', 'input.configuration',
    ]));
    expect(JSON.stringify(errors)).toContain('tab.chat, tab.virtual_keys, tab.key_pools, tab.runs');
    for (const configuration of [null, [], 'text', 7, {}]) expect((await act(operator, 'importTenant', { configuration: configuration ?? [], dryRun: true })).errors).not.toEqual([]);
    expect((await importing({ tenant_id: 'kept', layout: 'Kept', branding: { logo_path: '../../etc/passwd' } })).errors).toMatchObject([{ rule: 'logo_path' }]);
  });
});

describe('TEST-02: a feature that is off is neither shown nor served', () => {
  const documents = {
    VIRTUAL_KEYS: '{ virtualKeys { totalCount } }', KEY_POOLS: '{ keyPools { totalCount } }', RUNS: '{ runs { totalCount } }',
  };

  test('its fields are refused, of queries, relations, nodes, mutations and subscriptions', async () => {
    for (const [feature, document] of Object.entries(documents)) {
      const { errors } = await school.owner.call(document);
      expect(errors[0]!.extensions).toMatchObject({ code: 'E4031', rule: 'feature_off', details: { feature: feature.toLowerCase() } });
    }
    expect((await school.owner.call('{ viewer { user { virtualKeys { totalCount } } } }')).errors[0]!.extensions).toMatchObject({ rule: 'feature_off' });
    const { viewer } = await school.owner.ask('{ viewer { user { id } } }');
    await expect(act(school.owner, 'issueKey', { ownerId: viewer.user.id, keyAlias: 'k', models: [] })).rejects.toThrow('switched off');
    const { items, stop } = await follow(school.owner, 'subscription { runChanged { cursor } }');
    expect(items).toMatchObject([{ errors: [{ extensions: { rule: 'feature_off' } }] }]);
    await stop();
    expect((await school.owner.ask('{ chatSessions { totalCount } }')).chatSessions.totalCount).toBe(0);
  });

  test('switched on and off it holds for open sessions and sockets within a second', async () => {
    const { api } = await somebody(server, school.owner, 'pupil@school.test');
    await done(school.owner, 'setEntitlements', { subjectKind: 'TENANT', features: ['CHAT', 'RUNS'] }, 'entitlements { features }');
    await eventually(async () => (await api.call('{ runs { totalCount } }')).errors.length === 0, 1_000);
    const { closed } = await follow(api, 'subscription { runChanged { cursor } }');
    await done(school.owner, 'setEntitlements', { subjectKind: 'TENANT', features: ['CHAT'] });
    const since = Date.now();
    expect(await closed).toBe(4403);
    await eventually(async () => (await api.call('{ runs { totalCount } }')).errors.length === 1);
    expect(Date.now() - since).toBeLessThanOrEqual(1_000);
    await eventuallyHolds(async () => expect((await api.ask('{ viewer { features tenant { features } } }')).viewer).toEqual({ features: ['CHAT'], tenant: { features: ['CHAT'] } }));
  });

  test('a tier or a user may have more than the tenant', async () => {
    const { api, id } = await somebody(server, school.owner, 'teacher@school.test', 'USER', { tier: 'teachers' });
    await done(school.owner, 'setEntitlements', { subjectKind: 'TIER', tier: 'teachers', features: ['RUNS'] });
    await done(school.owner, 'setEntitlements', { subjectKind: 'USER', userId: id, features: ['VIRTUAL_KEYS'] });
    await eventuallyHolds(async () => expect((await api.ask('{ viewer { features entitlements { features } } }')).viewer).toEqual({
      features: ['CHAT', 'VIRTUAL_KEYS', 'RUNS'].sort(), entitlements: { features: ['CHAT', 'VIRTUAL_KEYS', 'RUNS'] },
    }));
  });

  test('an empty list switches everything off, null takes the choice back', async () => {
    const tenant = await makeTenant(server, operator, 'nothing', { features: [] });
    expect((await tenant.owner.ask('{ viewer { features } }')).viewer.features).toEqual([]);
    await done(tenant.owner, 'setEntitlements', { subjectKind: 'TENANT', features: null });
    await eventually(async () => (await tenant.owner.ask('{ viewer { features } }')).viewer.features.length === featureNames.length, 1_000);
  });
});

describe('TEST-01: a faulty file stops the start with a sentence', () => {
  const ends = async (): Promise<string> => startServer({ dataDir, env: { KEYLEDGER_TENANTS_DIR: folder } }).then(
    async (other) => {
      server = other;
      return 'it started';
    },
    (error: Error) => error.message);

  beforeAll(() => server.stop());

  const OTHER = { tenant_id: 'other', layout: 'Other' };
  const withLogo = (tenant: string, logo: string): object => ({ tenant_id: tenant, layout: 'O', branding: { logo_path: logo } });
  const faulty: readonly (readonly [file: string, content: string | object, fault: string])[] = [
    ['x-json.json', '{', 'is not valid JSON'],
    ['x-shape.json', [OTHER], 'Invalid input'],
    ['x-feature.json', { ...OTHER, enabled_features: ['tab.naver'] }, 'enabled_features.0: there is no feature "tab.naver"; there are tab.chat, tab.virtual_keys'],
    ['x-twice.json', SCHOOL, 'another file describes the tenant school_a already'],
    ['x-outside.json', withLogo('other-1', '../../etc/passwd.png'), 'branding.logo_path: must lie in the folder of the file'],
    ['x-absolute.json', withLogo('other-2', '/etc/passwd.svg'), 'branding.logo_path: must lie in the folder of the file'],
    ['x-link.json', withLogo('other-3', 'link.svg'), 'branding.logo_path: must lie in the folder of the file'],
    ['x-missing.json', withLogo('other-4', 'none.png'), 'branding.logo_path: there is no file none.png'],
    ['x-fake.json', withLogo('other-5', 'fake.png'), 'branding.logo_path: fake.png: This is not a PNG picture.'],
    ['x-type.json', withLogo('other-6', 'notes.txt'), 'branding.logo_path: must end in .png or .svg'],
  ];

  test('all faults at once, each with its file, and no stack', async () => {
    write('fake.png', 'GIF89a');
    symlinkSync('/etc/hostname', path.join(folder, 'link.svg'));
    for (const [file, content] of faulty) write(file, content);
    const printed = await ends();
    for (const [file] of faulty) rmSync(path.join(folder, file));
    for (const [file, , fault] of faulty) expect(printed).toContain(`- ${file}: ${fault}`);
    expect(printed).not.toMatch(/\n\s+at /);
  }, 60_000);

  test('a folder that is not there', async () => {
    const missing = path.join(folder, 'nowhere');
    await expect(startServer({ dataDir, env: { KEYLEDGER_TENANTS_DIR: missing } })).rejects.toThrow(`the folder ${missing} cannot be read`);
  }, 60_000);

  test('mended, it starts and applies what has changed', async () => {
    write('logos/a.png', png());
    write('school_a.json', { ...SCHOOL, layout: 'School of Art', branding: { ...SCHOOL.branding, logo_path: 'logos/a.png' } });
    expect(await ends()).toBe('it started');
    const again = await eventually(() => signIn(server).catch(() => undefined));
    const { tenants } = await again.ask(LIST, { search: 'school_a' });
    expect(tenants.nodes).toMatchObject([{ name: 'School of Art', features: ['CHAT'], branding: { pageTitle: 'School A workbench' } }]);
  }, 60_000);
});
