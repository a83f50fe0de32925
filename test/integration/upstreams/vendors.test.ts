import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { klingSecret } from '../../../schema/key-pool/credentials';
import { operations, poolOf, scenarioNames, type Operation, type Scenario } from '../../../schema/run/operations';
import { parameterSchemas } from '../../../schema/run/parameters';
import { simulatedAnswer } from '../../../src/simulated/answers';
import { tokenHashOf } from '../../../src/upstreams/litellm';
import { connectVendors, type Vendors } from '../../../src/upstreams/vendors';
import { startKlingStandIn } from '../../upstreams/kling';
import { LEGNEXT_TEST_KEY, startLegnextStandIn } from '../../upstreams/legnext';
import { startLiteLlmStandIn } from '../../upstreams/litellm';
import { eventually } from '../../support/eventually';
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

/** Nobody listens there. */
const NOWHERE = { url: 'http://127.0.0.1:9/v1' };

interface Settings {
  legnext?: { url: string };
  kling?: { url: string };
  liteLlm?: { url: string; masterKey: string };
  llm?: { baseUrl: string; apiKey: string };
}

async function use({ liteLlm, llm, legnext, kling }: Settings, work: (vendors: Vendors) => Promise<void>): Promise<void> {
  const vendors = await connectVendors({
    liteLlm: { url: undefined, masterKey: undefined, ...patience, ...liteLlm },
    llm: { baseUrl: undefined, apiKey: undefined, model: 'gpt-4o-mini', idleTimeoutMs: 5_000, ...llm },
    legnext: legnext ?? NOWHERE,
    kling: kling ?? NOWHERE,
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

describe('vendors of images and videos', () => {
  const asked: Readonly<Record<Operation, object>> = {
    legnext_diffusion: { prompt: 'a lighthouse', options: null },
    kling_image: { prompt: 'a lighthouse' },
    kling_text_to_video: { prompt: 'a lighthouse' },
    kling_image_to_video: { prompt: 'a lighthouse', image: 'https://pictures.test/1.png' },
  };
  const KEYS = { legnext: LEGNEXT_TEST_KEY, kling: klingSecret('access-test-not-a-key', 'secret-test-not-a-key') };

  function submit({ generation, upstreamOf }: Vendors, operation: Operation, scenario: Scenario | null) {
    const { provider } = operations[operation];
    const vendor = generation[provider];
    const target = { upstream: upstreamOf(poolOf(operation, scenario), scenario), secret: KEYS[provider], signal: new AbortController().signal };
    const call = vendor.prepare(operation, parameterSchemas[operation].parse(asked[operation]), { externalId: `run-${operation}`, callbackUrl: undefined });
    return { target, vendor, submission: vendor.submit(call, target) };
  }

  it('TEST-70: are not called for a run that plays them, in any scenario', async () => {
    const [legnext, kling] = [await startLegnextStandIn(), await startKlingStandIn()];
    try {
      await use({ legnext, kling }, async (vendors) => {
        for (const operation of ['legnext_diffusion', 'kling_image'] as const) {
          const taken = await Promise.all(scenarioNames.map(async (scenario) => (await submit(vendors, operation, scenario).submission).jobId !== undefined));
          expect(Object.fromEntries(scenarioNames.map((scenario, index) => [scenario, taken[index]]))).toEqual(
            { success: true, failed_402: false, failed_401: false, failed_429: false, server_500: false, timeout: true });
        }
      });
      expect([legnext.calls, kling.calls]).toEqual([[], []]);
    } finally {
      await legnext.close();
      await kling.close();
    }
  });

  it('are called where the configuration says, and their files fetched from there', async () => {
    const [legnext, kling] = [await startLegnextStandIn(), await startKlingStandIn()];
    const folder = await mkdtemp(path.join(os.tmpdir(), 'keyledger-vendors-'));
    try {
      await use({ legnext, kling }, async (vendors) => {
        for (const operation of Object.keys(operations) as Operation[]) {
          const { target, vendor, submission } = submit(vendors, operation, null);
          const { jobId } = await submission;
          const { assets } = await eventually(async () => {
            const report = await vendor.report(operation, jobId!, target);
            return report.state === 'succeeded' && report;
          });
          const file = path.join(folder, 'file');
          const { contentType, bytes } = await vendors.gateway.download(assets[0]!.url, { vendor: target.upstream, path: file, maxBytes: 5_000_000, timeoutMs: 20_000 });
          expect([contentType, bytes]).toEqual([operations[operation].kind === 'image' ? 'image/png' : 'video/webm', (await stat(file)).size]);
        }
      });
      expect([legnext.jobs.length, kling.tasks.length]).toEqual([1, 3]);
      for (const headers of [...legnext.downloads, ...kling.downloads]) expect(headers).not.toHaveProperty('authorization');
      for (const headers of [...legnext.downloads, ...kling.downloads]) expect(headers).not.toHaveProperty('x-api-key');
    } finally {
      await rm(folder, { recursive: true });
      await legnext.close();
      await kling.close();
    }
  });
});
