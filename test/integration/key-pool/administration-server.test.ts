import { eventually, eventuallyHolds } from '../../support/eventually';
import { done } from '../../support/people';
import { LEGNEXT_TEST_KEY } from '../../upstreams/legnext';
import { createRunSetting, type RunSetting } from '../run/run-setting';

const KEYS = '{ keyPools { nodes { provider keys { name concurrencyLimit rpmLimit priority tenantScope active specified } } } }';
const LEASES = `query ($provider: String!) { keyPool(provider: $provider) {
  leases { id holder state providerKey { id } run { id state } } } }`;

let server: RunSetting;
beforeAll(async () => {
  server = await createRunSetting({
    KEY_POOL_JSON: '', MJ_API_KEY: LEGNEXT_TEST_KEY, KLING_ACCESS_KEY: 'test-access', KLING_SECRET_KEY: 'test-secret', USER_MAX_CONCURRENCY: '4',
  });
});
afterAll(() => server.close());

test('TEST-21: a server without a specification has one key of each vendor that has a variable, also after a restart', async () => {
  const single = { concurrencyLimit: 1, rpmLimit: 60, priority: 0, tenantScope: '*', active: true, specified: true };
  const keys = async () => (await server.owner.ask(KEYS)).keyPools.nodes.flatMap(({ keys }: { keys: object[] }) => keys);
  const expected = [{ name: 'kling-1', ...single }, { name: 'legnext-1', ...single }];
  await eventuallyHolds(async () => expect(await keys()).toEqual(expected));
  await server.restart();
  await eventuallyHolds(async () => expect(await keys()).toEqual(expected));
});

test('fault 44: a run is seen on its lease, loses it when its key is rotated under it, and goes on with another', async () => {
  const { run } = await server.start(server.owner, { operation: 'LEGNEXT_DIFFUSION', parameters: { prompt: 'a harbour', options: null }, scenario: 'TIMEOUT' });
  const provider = 'legnext-simulated';
  const held = await eventually(async () => {
    const { keyPool } = await server.owner.ask(LEASES, { provider });
    return keyPool?.leases.find((lease: { run: { id: string } | null }) => lease.run?.id === run.id);
  });
  expect(held).toMatchObject({ state: 'ACTIVE', holder: expect.stringMatching(/^run\//), run: { id: run.id } });

  await done(server.owner, 'rotateProviderKey', { providerKeyId: held.providerKey.id, secret: 'simulated-and-new' });
  const { node } = await server.owner.ask('query ($id: ID!) { node(id: $id) { ... on Lease { state run { id } } } }', { id: held.id });
  expect(node).toEqual({ state: 'REVOKED', run: { id: run.id } });
  const again = await eventually(async () => {
    const { keyPool } = await server.owner.ask(LEASES, { provider });
    return keyPool.leases.find((lease: { id: string; run: { id: string } | null }) => lease.run?.id === run.id && lease.id !== held.id);
  });
  expect(again.state).toBe('ACTIVE');
  await done(server.owner, 'cancelRun', { runId: run.id });
});
