import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { settleFeatures } from '../../../commands/entitlement/standing';
import { grant } from '../../../commands/entitlement/grant';
import { changeLogo, hasLogo, settleLogo } from '../../../commands/tenant/logo';
import { makeTenant } from '../../../commands/tenant/make-tenant';
import { settleTenant } from '../../../commands/tenant/standing';
import { tenant } from '../../../commands/tenant/decider';
import { tenantIdOf } from '../../../commands/tenant/tenant-id';
import type { Auth } from '../../../src/auth/port';
import { createStandings } from '../../../src/auth/standings';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { systemClock } from '../../../src/event-store/clock';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import { createLogos, type Logo, type Logos } from '../../../src/images/logos';
import { readLogo } from '../../../src/images/read-logo';
import { createPool } from '../../../src/postgres/pool';
import { createMigratedDatabase, type TestDatabase } from '../../support/database';
import { png } from '../../support/png';

let database: TestDatabase;
let pool: Pool;
let services: { commands: CommandRuntime; auth: Auth; logos: Logos };

beforeAll(async () => {
  database = await createMigratedDatabase();
  pool = createPool(database.url, { max: 4, applicationName: 'standing' });
  const auth = { standings: createStandings({ pool, forget: () => undefined }) } as Partial<Auth> as Auth;
  services = { commands: createCommandRuntime({ store: createInMemoryEventStore() }), auth, logos: createLogos(pool) };
});
afterAll(async () => {
  await services.commands.close();
  await pool.end();
  await database.drop();
});

function commandIn(tenantId: string): CommandContext {
  const commandId = randomUUID();
  return { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: 'test' }, tenant: tenantId };
}

async function newTenant(slug = `t-${randomUUID().slice(0, 8)}`, commands = services.commands): Promise<string> {
  const tenantId = tenantIdOf(slug);
  expect(await makeTenant({ ...services, commands }, commandIn(tenantId), { slug, name: slug })).toMatchObject({ accepted: true });
  return tenantId;
}

const standing = async (tenantId: string): Promise<unknown> => (await pool.query('select active, is_default from auth_tenants where tenant_id = $1', [tenantId])).rows[0];

describe('the standing of a tenant', () => {
  test('is there as soon as it is made; the default one runs the server', async () => {
    expect(await standing(await newTenant())).toEqual({ active: true, is_default: false });
    expect(await standing(await newTenant('default'))).toEqual({ active: true, is_default: true });
  });

  test('is what the log says, however late somebody writes what was', async () => {
    const tenantId = await newTenant('shut');
    await services.commands.execute(tenant, tenantId, { type: 'SuspendTenant', confirmation: 'shut' }, commandIn(tenantId));
    await settleTenant(services, tenantId);
    await services.auth.standings.setTenant(tenantId, { active: true, isDefault: false, revision: 0n });
    expect(await standing(tenantId)).toEqual({ active: false, is_default: false });
    await services.commands.execute(tenant, tenantId, { type: 'ResumeTenant' }, commandIn(tenantId));
    await settleTenant(services, tenantId);
    expect(await standing(tenantId)).toEqual({ active: true, is_default: false });
  });

  test('of a tenant that is not in the log is none', async () => {
    await settleTenant(services, 'nowhere');
    expect(await standing('nowhere')).toBeUndefined();
  });
});

describe('the features that callers are judged by', () => {
  const featuresOf = async (userId: string): Promise<unknown> => (await pool.query('select features from auth_people where user_id = $1', [userId])).rows[0]?.features;

  test('are everything until the tenant is granted something, then what tenant, tier and user have', async () => {
    const tenantId = await newTenant();
    const userId = randomUUID();
    await services.auth.standings.setUser(userId, { tenantId, role: 'user', active: true, tier: 'pro', dailyRequests: undefined }, 0n);
    const give = (kind: 'tenant' | 'tier' | 'user', name: string, features: ('chat' | 'runs' | 'key_pools')[] | null) =>
      grant(services, commandIn(tenantId), { subject: { kind, name }, features });
    await give('user', userId, ['runs']);
    expect(await featuresOf(userId)).toBeNull();
    await give('tenant', tenantId, []);
    expect(await featuresOf(userId)).toEqual(['runs']);
    await give('tier', 'pro', ['chat', 'runs']);
    await give('tier', 'other', ['key_pools']);
    expect(await featuresOf(userId)).toEqual(['chat', 'runs']);
    await give('user', userId, null);
    await give('tier', 'pro', null);
    expect(await featuresOf(userId)).toEqual([]);
    await give('tenant', tenantId, null);
    // Not today's list, or what the next release adds would be off for them.
    expect(await featuresOf(userId)).toBeNull();
  });

  test('are what the log says, however late somebody writes what was', async () => {
    const tenantId = await newTenant();
    const subject = { kind: 'tenant', name: tenantId } as const;
    for (const features of [['chat'], ['runs']] as const) await grant(services, commandIn(tenantId), { subject, features });
    await services.auth.standings.setFeatures({ kind: 'tenant', id: tenantId, tenantId }, { features: ['chat'], revision: 0n });
    const kept = async (): Promise<unknown> => (await pool.query('select features from auth_features where subject = $1', [tenantId])).rows;
    expect(await kept()).toEqual([{ features: ['runs'] }]);
    await pool.query('delete from auth_features where subject = $1', [tenantId]);
    await settleFeatures(services, { tenantId, subject });
    expect(await kept()).toEqual([{ features: ['runs'] }]);
  });
});

describe('the logo of a tenant', () => {
  const kept = async (tenantId: string): Promise<string[]> =>
    (await pool.query<{ digest: string }>('select digest from tenant_logos where tenant_id = $1', [tenantId])).rows.map(({ digest }) => digest);
  const logo = (height: number): Promise<Logo> => readLogo('image/png', png(1, height));

  test('is kept alone, and nothing once there is none', async () => {
    const tenantId = await newTenant();
    for (const height of [1, 2]) await changeLogo(services, commandIn(tenantId), tenantId, await logo(height));
    expect(await kept(tenantId)).toEqual([(await logo(2)).digest]);
    await services.commands.execute(tenant, tenantId, { type: 'ChangeLogo', logo: null }, commandIn(tenantId));
    await settleLogo(services, tenantId);
    expect(await kept(tenantId)).toEqual([]);
  });

  test('is known without reading the log, unless somebody asks for one that this node has not heard of', async () => {
    const store = createInMemoryEventStore();
    // Its time stands still, so that what it knows is as recent at the end as in the beginning.
    const here = createCommandRuntime({ store, clock: { ...systemClock, now: () => Date.UTC(2030, 0, 1) } });
    const there = createCommandRuntime({ store });
    const tenantId = await newTenant(undefined, here);
    const [old, fresh] = [await logo(1), await logo(2)];
    await changeLogo({ commands: there, logos: services.logos }, commandIn(tenantId), tenantId, old);
    expect(await hasLogo({ commands: here }, tenantId, old.digest)).toBe(true);
    const read = jest.spyOn(store, 'readStream');
    for (let n = 0; n < 5; n++) expect(await hasLogo({ commands: here }, tenantId, old.digest)).toBe(true);
    expect(read).not.toHaveBeenCalled();

    await changeLogo({ commands: there, logos: services.logos }, commandIn(tenantId), tenantId, fresh);
    expect(await hasLogo({ commands: here }, tenantId, fresh.digest)).toBe(true);
    expect(await hasLogo({ commands: here }, tenantId, (await logo(3)).digest)).toBe(false);
    await Promise.all([here.close(), there.close()]);
  });

  test('is there whatever happens at the same time', async () => {
    const tenantId = await newTenant();
    for (let round = 0; round < 40; round++) {
      const heights = [1, 2, 3, 4].map((height) => height + round * 4);
      await Promise.all(heights.flatMap((height) => [
        logo(height).then((each) => changeLogo(services, commandIn(tenantId), tenantId, each)), settleLogo(services, tenantId),
      ]));
      const { state } = await services.commands.load(tenant, tenantId);
      expect(await kept(tenantId)).toEqual([state.exists && state.logo?.digest]);
    }
  });
});
