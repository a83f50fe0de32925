import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { configureTenant } from '../../../commands/tenant/configure';
import { tenant } from '../../../commands/tenant/decider';
import { readTenantFiles } from '../../../commands/tenant/tenant-files';
import { tenantIdOf } from '../../../commands/tenant/tenant-id';
import type { TenantConfiguration } from '../../../schema/tenant/configuration';
import type { Auth } from '../../../src/auth/port';
import type { CommandContext } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import { png } from '../../support/png';

const SLUG = 'school_a';
const TENANT = tenantIdOf(SLUG);
const ELSEWHERE = `/logo/${'a'.repeat(64)}`;

const auth = { standings: { setTenant: async () => undefined, setFeatures: async () => undefined } } as unknown as Auth;

function setting() {
  const commands = createCommandRuntime({ store: createInMemoryEventStore() });
  const begin = jest.fn(async (): Promise<CommandContext> => {
    const id = randomUUID();
    return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant: TENANT };
  });
  const configure = (more: Partial<TenantConfiguration> = {}, dryRun = false) =>
    configureTenant({ commands, auth }, begin, { tenant_id: SLUG, layout: 'School A', ...more }, { dryRun });
  return { commands, begin, configure };
}

test('answers the revision of the tenant, and the position of what was done last', async () => {
  const { commands, configure } = setting();
  const made = await configure({ enabled_features: ['tab.chat'] });
  expect(made).toMatchObject({ accepted: true, revision: 0n });
  const { revision, position } = await commands.load(tenant, TENANT);
  expect(revision).toBe(0n);
  expect(made.position).toBeGreaterThan(position);
  expect(await configure({ layout: 'School of Art', enabled_features: ['tab.runs'] })).toMatchObject({ revision: 1n });
});

test('begins no command for what stays as it is, nor for a dry run', async () => {
  const { begin, configure } = setting();
  expect(await configure({}, true)).toMatchObject({ answer: { changes: ['tenant: school_a'] }, revision: -1n });
  expect(begin).not.toHaveBeenCalled();
  await configure();
  expect(await configure()).toMatchObject({ answer: { changes: [] } });
  expect(begin).toHaveBeenCalledTimes(1);
});

test('makes all the rest of a tenant whose logo is on another server, and says so until it is uploaded', async () => {
  const { commands, begin, configure } = setting();
  const exported = { branding: { page_title: 'Page', browser_tab_title: null, logo_path: ELSEWHERE } };
  const missing = `logo_path: null stays until somebody of the tenant uploads "${ELSEWHERE}", which is not on this server`;
  expect(await configure(exported)).toMatchObject({ accepted: true, answer: { changes: ['tenant: school_a', 'page_title: null -> "Page"', missing] } });
  expect((await commands.load(tenant, TENANT)).state).toMatchObject({ pageTitle: 'Page', logo: null });
  expect(await configure(exported)).toMatchObject({ accepted: true, answer: { changes: [missing] } });
  const logo = { digest: 'a'.repeat(64), contentType: 'image/png' };
  await commands.execute(tenant, TENANT, { type: 'ChangeLogo', logo }, await begin());
  expect(await configure(exported)).toMatchObject({ answer: { changes: [] } });
  expect(await configure({ branding: { logo_path: null } })).toMatchObject({ answer: { changes: [`logo_path: "${ELSEWHERE}" -> null`] } });
  expect((await commands.load(tenant, TENANT)).state).toMatchObject({ logo: null });
});

describe('the logo of a file', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyledger-tenants-'));
  const naming = (logoPath: string): void =>
    writeFileSync(path.join(folder, 'school_a.json'), JSON.stringify({ tenant_id: SLUG, layout: 'School A', branding: { logo_path: logoPath } }));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is the picture beside it, or one that was uploaded', async () => {
    writeFileSync(path.join(folder, 'a.png'), png());
    naming('a.png');
    expect(await readTenantFiles(folder)).toMatchObject([{ logo: { contentType: 'image/png' } }]);
    naming(ELSEWHERE);
    expect(await readTenantFiles(folder)).toMatchObject([{ logo: undefined }]);
  });

  test.each(['/logo/acme.png', '/logo/abc', `/logo/${'A'.repeat(64)}`])('is not %s', async (logoPath) => {
    naming(logoPath);
    await expect(readTenantFiles(folder)).rejects.toThrow('school_a.json: branding.logo_path: ');
  });
});
