import type { Pool } from 'pg';
import { simulatedAnswer } from '../../../src/simulated/answers';
import { tokenHashOf } from '../../../src/upstreams/litellm';
import { openUpstreams, type Upstreams } from '../../../src/upstreams/open-upstreams';
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

async function use(settings: { liteLlm?: { url: string; masterKey: string }; llm?: { baseUrl: string; apiKey: string } }, work: (upstreams: Upstreams) => Promise<void>): Promise<void> {
  const upstreams = await openUpstreams({
    liteLlm: { url: undefined, masterKey: undefined, ...patience, ...settings.liteLlm },
    llm: { baseUrl: undefined, apiKey: undefined, ...settings.llm },
  }, { pool });
  try {
    await work(upstreams);
  } finally {
    await upstreams.close();
  }
}

it('simulates what is not configured, and keeps its keys over restarts and for every node', async () => {
  await use({}, async ({ liteLlm, llm, simulated }) => {
    expect(simulated).toEqual({ liteLlm: true, llm: true });
    expect(await liteLlm.listModels()).toMatchObject({ ok: true, models: expect.arrayContaining(['simulated-chat']) });
    expect(await liteLlm.generateKey(key)).toMatchObject({ ok: true });
    let text = '';
    for await (const part of llm.streamChat({ model: 'any', messages: [{ role: 'user', content: 'привет' }] })) if ('text' in part) text += part.text;
    expect(text).toBe(simulatedAnswer('привет'));
    await use({}, async (node) => {
      expect(await node.liteLlm.keyInfo(tokenHashOf(key.key))).toMatchObject({ ok: true, info: { keyAlias: 'ann' } });
      expect(await node.liteLlm.generateKey({ ...key, key: 'sk-test-not-a-key-2' })).toMatchObject({ ok: false, retryable: false });
    });
  });
  await use({}, async ({ liteLlm }) => {
    expect(await liteLlm.generateKey(key)).toMatchObject({ ok: true });
    expect(await liteLlm.deleteKey(tokenHashOf(key.key))).toEqual({ ok: true, existed: true });
    expect(await liteLlm.deleteKey(tokenHashOf(key.key))).toEqual({ ok: true, existed: false });
  });
  expect(JSON.stringify((await pool.query('select * from simulated_litellm_keys')).rows)).not.toContain(key.key);
});

it('gives one key to racing callers with one alias', async () => {
  await use({}, async ({ liteLlm }) => {
    const raced = await Promise.all(Array.from({ length: 10 }, (_, i) =>
      liteLlm.generateKey({ ...key, key: `sk-test-not-a-key-r${i}`, keyAlias: 'raced', metadata: { keyledger_id: `r${i}` } })));
    expect(raced.filter(({ ok }) => ok)).toHaveLength(1);
    const same = await Promise.all(Array.from({ length: 10 }, () =>
      liteLlm.generateKey({ ...key, key: 'sk-test-not-a-key-same', keyAlias: 'same', metadata: { keyledger_id: 'same' } })));
    expect(same.every(({ ok }) => ok)).toBe(true);
  });
});

it('talks to what is configured', async () => {
  const [proxy, provider] = [await startLiteLlmStandIn(), await startOpenAiStandIn()];
  try {
    await use({ liteLlm: { url: proxy.url, masterKey: proxy.secret }, llm: { baseUrl: provider.url, apiKey: provider.secret } }, async ({ liteLlm, llm, simulated }) => {
      expect(simulated).toEqual({ liteLlm: false, llm: false });
      expect(await liteLlm.health()).toEqual({ ok: true });
      for await (const part of llm.streamChat({ model: 'm', messages: [{ role: 'user', content: 'x' }] })) expect(part).toBeDefined();
      expect([proxy.calls.length, provider.calls.length]).toEqual([1, 1]);
    });
  } finally {
    await proxy.close();
    await provider.close();
  }
});

it('refuses an address that nobody may call', async () => {
  await expect(use({ llm: { baseUrl: 'http://169.254.169.254/v1', apiKey: 'test-not-a-key' } }, async () => {})).rejects.toThrow('not a public one');
});
