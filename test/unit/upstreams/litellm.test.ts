import { createGateway, type Gateway } from '../../../src/outbound/gateway';
import { createLiteLlm, LITELLM, tokenHashOf, type LiteLlm, type NewLiteLlmKey } from '../../../src/upstreams/litellm';
import { startLiteLlmStandIn, type LiteLlmStandIn } from '../../upstreams/litellm';

let vendor: LiteLlmStandIn;
let gateway: Gateway;
let liteLlm: LiteLlm;

beforeEach(async () => {
  vendor = await startLiteLlmStandIn();
  gateway = createGateway({ upstreams: [{ name: LITELLM, baseUrl: vendor.url, secret: vendor.secret, allowPrivate: true }] });
  liteLlm = createLiteLlm({ gateway, timeoutMs: 10_000, maxRetries: 3, retryDelayMs: 1 });
});
afterEach(async () => {
  await gateway.close();
  await vendor.close();
});

const key: NewLiteLlmKey = {
  key: 'sk-test-not-a-key-1', keyAlias: 'ann', models: ['gpt-4o'], metadata: { keyledger_id: 'k1' },
};
const made = { ok: true, tokenHash: tokenHashOf(key.key), expires: null };
const generated = (): unknown[] => vendor.calls.filter(({ path }) => path === '/key/generate').map(({ body }) => body);

describe('generating a key', () => {
  it('sends what was decided and nothing else', async () => {
    expect(await liteLlm.generateKey({
      ...key,
      userId: 'u1',
      maxBudget: '12.345678',
      budgetDuration: '30d',
      rpmLimit: 10,
      tpmLimit: 0,
      maxParallelRequests: 2,
      duration: '1h',
    })).toEqual({ ...made, expires: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(generated()).toEqual([{
      key: key.key,
      key_alias: 'ann',
      user_id: 'u1',
      models: ['gpt-4o'],
      max_budget: 12.345678,
      budget_duration: '30d',
      rpm_limit: 10,
      tpm_limit: 0,
      max_parallel_requests: 2,
      duration: '1h',
      metadata: { keyledger_id: 'k1' },
    }]);
    expect(vendor.calls[0]!.token).toBe(vendor.secret);
  });

  it('leaves out limits that are not set', async () => {
    await liteLlm.generateKey({ ...key, maxBudget: null, rpmLimit: null, duration: undefined });
    expect(generated()).toEqual([{ key: key.key, key_alias: 'ann', models: ['gpt-4o'], metadata: { keyledger_id: 'k1' } }]);
  });

  it.each([
    ['0', '0'], ['0.000000', '0.000000'], ['007.50', '7.50'], ['0.1', '0.1'], ['9007199254740993', '9007199254740993'],
  ])('sends the amount %s digit by digit', async (maxBudget, literal) => {
    const call = jest.spyOn(gateway, 'call');
    expect(await liteLlm.generateKey({ ...key, maxBudget })).toMatchObject({ ok: true });
    expect(call.mock.calls[0]![1].body).toMatch(new RegExp(`"max_budget":${literal}}$`));
  });

  it.each(['1e3', '-1', '', '1,5', 'NaN', '1"}'])('throws on the amount %j', async (maxBudget) => {
    await expect(liteLlm.generateKey({ ...key, maxBudget })).rejects.toThrow('decimal');
  });

  it('may be repeated: the second time it recognises its own key', async () => {
    const withExpiry = { ...key, duration: '1h' };
    const first = await liteLlm.generateKey(withExpiry);
    expect(await liteLlm.generateKey(withExpiry)).toEqual(first);
    expect(vendor.calls.map(({ path }) => path)).toEqual(['/key/generate', '/key/generate', '/key/info']);
    expect(vendor.calls[2]!.query).toEqual({ key: tokenHashOf(key.key) });
  });

  it('succeeds although the first answer was lost', async () => {
    vendor.inject({ kind: 'lose' });
    expect(await liteLlm.generateKey(key)).toEqual(made);
    expect(generated()).toHaveLength(2);
  });

  it.each([
    ['a hang', { kind: 'hang' }],
    ['a dropped connection', { kind: 'drop' }],
    ['503', { kind: 'status', status: 503 }],
    ['429', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
    ['an answer cut off', { kind: 'cut', bytes: 10, then: 'drop' }],
    ['an answer that stops', { kind: 'cut', bytes: 10, then: 'hang' }],
  ] as const)('gets past %s', async (_what, fault) => {
    // Long enough for a slow machine, short enough to sit through.
    liteLlm = createLiteLlm({ gateway, timeoutMs: 1_000, maxRetries: 3, retryDelayMs: 1 });
    vendor.inject(fault);
    expect(await liteLlm.generateKey(key)).toEqual(made);
  });

  it('succeeds when the answer is unreadable but the key is there', async () => {
    vendor.inject({ kind: 'garbage' });
    expect(await liteLlm.generateKey(key)).toEqual(made);
  });

  it('reads an answer that drips in', async () => {
    vendor.inject({ kind: 'drip', bytes: 3 });
    expect(await liteLlm.generateKey(key)).toEqual(made);
  });

  it('does not take another\'s alias for its own', async () => {
    await liteLlm.generateKey({ ...key, key: 'sk-test-not-a-key-2', metadata: { keyledger_id: 'k2' } });
    const reason = expect.stringMatching(/400: Key with alias 'ann' already exists/);
    expect(await liteLlm.generateKey(key)).toEqual({ ok: false, retryable: false, reason });
  });

  it('does not take the same key of another record for its own', async () => {
    await liteLlm.generateKey(key);
    const other = await liteLlm.generateKey({ ...key, metadata: { keyledger_id: 'other' } });
    expect(other).toEqual({ ok: false, retryable: false, reason: 'LiteLLM has this key under another name' });
  });

  it.each([
    ['error', { error: { message: 'budget too high', type: 't', param: null, code: '400' } }, 'LiteLLM answered 400: budget too high'],
    ['detail', { detail: 'no models' }, 'LiteLLM answered 400: no models'],
    ['validation', { detail: [{ loc: ['body', 'models'], msg: 'field required', type: 't' }] }, 'LiteLLM answered 400: field required'],
  ])('passes on a refusal in the shape of %s', async (_shape, body, reason) => {
    vendor.inject({ kind: 'status', status: 400, body });
    expect(await liteLlm.generateKey(key)).toEqual({ ok: false, retryable: false, reason });
  });

  it('never repeats the secrets that LiteLLM repeats', async () => {
    vendor.inject({ kind: 'status', status: 400, body: { error: { message: `cannot store ${key.key}, asked by ${vendor.secret}` } } });
    const reason = 'LiteLLM answered 400: cannot store [secret removed], asked by [secret removed]';
    expect(await liteLlm.generateKey(key)).toMatchObject({ reason });
  });

  it('removes the key that a LiteLLM made which ignored ours', async () => {
    const other = 'sk-test-its-own-key';
    await vendor.keys.add({ token: tokenHashOf(other), keyAlias: 'ann', info: {} });
    vendor.inject({ kind: 'status', status: 200, body: { key: other, token: tokenHashOf(other) } });
    expect(await liteLlm.generateKey(key)).toMatchObject({ ok: false, retryable: false });
    expect(await vendor.keys.byToken(tokenHashOf(other))).toBeUndefined();
  });

  it('says when trying again later makes sense', async () => {
    vendor.inject({ kind: 'status', status: 503 }, { times: 9 });
    expect(await liteLlm.generateKey(key)).toEqual({ ok: false, retryable: true, reason: 'LiteLLM answered 503: injected 503' });
    expect(generated()).toHaveLength(4);
    vendor.reset();
    vendor.inject({ kind: 'status', status: 401 });
    expect(await liteLlm.generateKey(key)).toMatchObject({ ok: false, retryable: false });
    vendor.inject({ kind: 'gzip' });
    expect(await liteLlm.generateKey(key)).toEqual({ ok: false, retryable: false, reason: 'No answer from LiteLLM (encoded)' });
    await vendor.close();
    expect(await liteLlm.generateKey(key)).toEqual({ ok: false, retryable: true, reason: 'No answer from LiteLLM (unreachable)' });
  });
});

describe('the rest of the administration', () => {
  it('tells what is known of a key', async () => {
    await liteLlm.generateKey({ ...key, duration: '1h' });
    expect(await liteLlm.keyInfo(made.tokenHash)).toEqual({
      ok: true, info: { keyAlias: 'ann', expires: expect.any(String), models: ['gpt-4o'], metadata: { keyledger_id: 'k1' } },
    });
    expect(await liteLlm.keyInfo(tokenHashOf('sk-test-unknown'))).toEqual({ ok: true, info: undefined });
    vendor.inject({ kind: 'status', status: 500 }, { times: 4 });
    expect(await liteLlm.keyInfo(made.tokenHash)).toMatchObject({ ok: false, retryable: true });
  });

  it('deletes a key once and for all', async () => {
    await liteLlm.generateKey(key);
    vendor.inject({ kind: 'lose' });
    expect(await liteLlm.deleteKey(made.tokenHash)).toEqual({ ok: true, existed: false });
    expect(await vendor.keys.byToken(made.tokenHash)).toBeUndefined();
    await liteLlm.generateKey(key);
    expect(await liteLlm.deleteKey(made.tokenHash)).toEqual({ ok: true, existed: true });
    vendor.inject({ kind: 'status', status: 403, body: { detail: 'not allowed' } });
    expect(await liteLlm.deleteKey(made.tokenHash)).toEqual({ ok: false, retryable: false, reason: 'LiteLLM answered 403: not allowed' });
  });

  it('lists models and says whether it is well', async () => {
    expect(await liteLlm.listModels()).toEqual({ ok: true, models: ['gpt-4o', 'gpt-4o-mini'] });
    expect(await liteLlm.health()).toEqual({ ok: true });
    vendor.inject({ kind: 'status', status: 503 }, { times: 4 });
    expect(await liteLlm.health()).toMatchObject({ ok: false, retryable: true });
  });

  it('needs the right master key', async () => {
    const stranger = createGateway({ upstreams: [{ name: LITELLM, baseUrl: vendor.url, secret: 'wrong-not-a-key', allowPrivate: true }] });
    try {
      const other = createLiteLlm({ gateway: stranger, timeoutMs: 300, maxRetries: 3, retryDelayMs: 1 });
      expect(await other.generateKey(key)).toMatchObject({ ok: false, retryable: false, reason: expect.stringContaining('401') });
      expect(await other.listModels()).toMatchObject({ ok: false });
      expect(await vendor.keys.byToken(made.tokenHash)).toBeUndefined();
    } finally {
      await stranger.close();
    }
  });
});
