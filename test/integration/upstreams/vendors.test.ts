import type { Pool } from 'pg';
import { simulatedAnswer } from '../../../src/simulated/answers';
import { tokenHashOf } from '../../../src/upstreams/litellm';
import { connectVendors, type Vendors } from '../../../src/upstreams/vendors';
import { startLiteLlmStandIn } from '../../upstreams/litellm';
import { startOpenAiStandIn } from '../../upstreams/openai';
import { migratedDatabase } from '../vault/migrated-database';

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
});
afterAll(() => database.close());

const patience = { timeoutMs: 1_000, maxRetries: 0, retryDelayMs: 1 };
const key = { key: 'sk-test-not-a-key-1', keyAlias: 'ann', models: ['simulated-chat'], metadata: { keyledger_id: 'k1' } };

interface Settings {
  liteLlm?: { url: string; masterKey: string };
  llm?: { baseUrl: string; apiKey: string };
}

async function use({ liteLlm, llm }: Settings, work: (vendors: Vendors) => Promise<void>): Promise<void> {
  const vendors = await connectVendors({
    liteLlm: { url: undefined, masterKey: undefined, ...patience, ...liteLlm },
    llm: { baseUrl: undefined, apiKey: undefined, model: 'gpt-4o-mini', idleTimeoutMs: 5_000, ...llm },
  }, pool);
  try {
    await work(vendors);
  } finally {
    await vendors.close();
  }
}

async function answerOf({ llm }: Vendors, content: string): Promise<string> {
  let text = '';
  for await (const part of llm.streamChat({ model: 'any', messages: [{ role: 'user', content }] })) if ('text' in part) text += part.text;
  return text;
}

it('simulates what is not configured, and keeps its keys over restarts and for every node', async () => {
  await use({}, async (vendors) => {
    expect(vendors.simulated).toEqual({ litellm: true, llm: true });
    expect(await vendors.litellm.listModels()).toMatchObject({ ok: true, models: expect.arrayContaining(['simulated-chat']) });
    expect(await vendors.litellm.generateKey(key)).toMatchObject({ ok: true });
    expect(await answerOf(vendors, 'привет')).toBe(simulatedAnswer('привет'));
    await use({}, async (node) => {
      expect(await node.litellm.keyInfo(tokenHashOf(key.key))).toMatchObject({ ok: true, info: { keyAlias: 'ann' } });
      expect(await node.litellm.generateKey({ ...key, key: 'sk-test-not-a-key-2' })).toMatchObject({ ok: false, retryable: false });
    });
  });
  await use({}, async ({ litellm }) => {
    expect(await litellm.generateKey(key)).toMatchObject({ ok: true });
    expect(await litellm.deleteKey(tokenHashOf(key.key))).toEqual({ ok: true, existed: true });
    expect(await litellm.deleteKey(tokenHashOf(key.key))).toEqual({ ok: true, existed: false });
  });
  expect(JSON.stringify((await pool.query('select * from simulated_litellm_keys')).rows)).not.toContain(key.key);
});

it('gives one key to racing callers with one alias', async () => {
  await use({}, async ({ litellm }) => {
    const raced = await Promise.all(Array.from({ length: 10 }, (_, i) =>
      litellm.generateKey({ ...key, key: `sk-test-not-a-key-r${i}`, keyAlias: 'raced', metadata: { keyledger_id: `r${i}` } })));
    expect(raced.filter(({ ok }) => ok)).toHaveLength(1);
    const same = await Promise.all(Array.from({ length: 10 }, () =>
      litellm.generateKey({ ...key, key: 'sk-test-not-a-key-same', keyAlias: 'same', metadata: { keyledger_id: 'same' } })));
    expect(same.every(({ ok }) => ok)).toBe(true);
  });
});

it('talks to what is configured', async () => {
  const [proxy, provider] = [await startLiteLlmStandIn(), await startOpenAiStandIn()];
  try {
    const configured = { liteLlm: { url: proxy.url, masterKey: proxy.secret }, llm: { baseUrl: provider.url, apiKey: provider.secret } };
    await use(configured, async (vendors) => {
      expect(vendors.simulated).toEqual({ litellm: false, llm: false });
      expect(await vendors.litellm.health()).toEqual({ ok: true });
      expect(await answerOf(vendors, 'x')).toBe(simulatedAnswer('x'));
      expect([proxy.calls.length, provider.calls.length]).toEqual([1, 1]);
    });
  } finally {
    await proxy.close();
    await provider.close();
  }
});

it('refuses an address that nobody may call', async () => {
  const liteLlm = { url: 'http://127.0.0.1:4000', masterKey: 'master-test-not-a-key' };
  const llm = { baseUrl: 'http://169.254.169.254/v1', apiKey: 'test-not-a-key' };
  await expect(use({ liteLlm, llm }, async () => {})).rejects.toThrow('not a public one');
});
