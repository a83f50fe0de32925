import { toGlobalId } from '../../../src/graphql/node';
import { service } from '../../support/principals';
import { createApiSetting, type ApiSetting, type Person } from '../chat-session/api-setting';
import { generationsIn, PARAMETERS, POOL, type Generations } from './generations';

const RUN = `query ($id: ID!) { node(id: $id) { ... on Run {
  state operation pool scenario prompt keyName jobId vendorStatus httpStatus failureCategory usage { unit amount } cancellable retryable watchable
  outputs { id kind contentType bytes width height durationMs url thumbnailUrl }
  timeline { stage attempt keyName jobId vendorStatus httpStatus }
  exchange { endpoint parameters request response }
  diagnosis { category summary likelyCauses recommendedFixes nextChecks model }
  waitTicket { place reason holder }
} } }`;
const RUNS = `query ($filter: RunFilter, $first: Int, $after: String) { runs(filter: $filter, first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } nodes { id prompt } } }`;
const CONCURRENCY = '{ concurrency { userLimit globalLimit mine total } }';
const idOf = (runId: string): string => toGlobalId('Run', runId);

let api: ApiSetting;
let admin: Person;
let auditor: Person;
let anna: Person;
let ben: Person;
let runs: Generations;

beforeAll(async () => {
  const unused = async (): Promise<never> => { throw new Error('no keys here'); };
  api = await createApiSetting({ llm: { streamChat: () => { throw new Error('no chats here'); } }, litellm: { generateKey: unused, deleteKey: unused } });
  admin = await api.person('admin');
  auditor = await api.person('auditor');
  anna = await api.person();
  ben = await api.person();
  runs = generationsIn(api);
});
afterAll(() => api.close());

async function see(who: Person, runId: string): Promise<Record<string, any>> {
  return (await api.ask(who, RUN, { id: idOf(runId) })).node;
}

async function submitted(runId: string, who: Person, autoPoll = true): Promise<void> {
  await runs.request(runId, who, {}, { autoPoll });
  await runs.queue(runId);
  await runs.lease(runId);
  await runs.submit(runId);
}

async function idsOf(who: Person, filter: object): Promise<string[]> {
  return (await api.ask(who, RUNS, { filter })).runs.nodes.map(({ id }: { id: string }) => id);
}

describe('a generation', () => {
  it('TEST-55: shows its log to whoever asked for it and to the staff: what was said and answered, with every stage', async () => {
    await submitted('seen', anna);
    await runs.poll('seen');
    await runs.status('seen', 'processing');
    const file = { outputId: 'file-1', kind: 'image', contentType: 'image/png', bytes: 12, width: 3, height: 4, durationMs: null, digest: 'ab' } as const;
    await runs.succeed('seen', [
      { ...file, blob: 't1/seen/file-1', thumbnail: 't1/seen/file-1-small' }, { ...file, outputId: 'file-2', blob: null, thumbnail: null, digest: null },
    ]);
    for (const who of [anna, auditor]) {
      expect(await see(who, 'seen')).toMatchObject({
        state: 'SUCCEEDED', operation: 'LEGNEXT_DIFFUSION', pool: POOL, scenario: 'SUCCESS', prompt: 'a quiet harbour', keyName: 'mock-1', jobId: 'job-1',
        vendorStatus: 'processing', httpStatus: 200, failureCategory: null, usage: { unit: 'points', amount: 1.5 }, diagnosis: null, waitTicket: null,
        outputs: [
          { id: 'file-1', kind: 'IMAGE', contentType: 'image/png', bytes: 12, width: 3, height: 4, url: '/outputs/file-1', thumbnailUrl: '/outputs/file-1/thumbnail' },
          { id: 'file-2', url: null, thumbnailUrl: null },
        ],
        exchange: {
          endpoint: '/diffusion', parameters: PARAMETERS, request: { text: 'a quiet harbour', callback: '***' },
          response: { status: 200, body: { status: 'completed' } },
        },
      });
    }
    const { timeline } = await see(anna, 'seen');
    expect(timeline.map(({ stage, attempt }: any) => [stage, attempt])).toEqual([
      ['START', 1], ['ACQUIRE_LEASE', 1], ['LEASE_ACQUIRED', 1], ['SUBMITTING', 1], ['SUBMITTED', 1], ['POLLING', 1], ['POLLING', 1], ['COMPLETED', 1],
    ]);
    expect(timeline[2]).toMatchObject({ keyName: 'mock-1', jobId: null });
    expect(timeline[4]).toMatchObject({ jobId: 'job-1', httpStatus: 200 });
    expect(timeline[6]).toMatchObject({ vendorStatus: 'processing' });
    await expect(see(ben, 'seen')).rejects.toThrow('no such object');
  });

  it('TEST-55: does not show the address that the vendor gave, nor any key', async () => {
    const shown = JSON.stringify(await see(admin, 'seen'));
    expect(shown).not.toContain('vendor.test');
    expect(shown).not.toContain('secret');
  });

  it('shows a chat as what it is', async () => {
    await runs.act('chat', { type: 'RequestRun', request: { runId: 'chat', kind: 'chat', model: 'm', provider: 'simulated', requestedBy: anna.userId, simulated: true } });
    const stages = async (): Promise<unknown[]> => (await see(anna, 'chat')).timeline.map(({ stage, attempt }: any) => [stage, attempt]);
    expect(await stages()).toEqual([['START', 1]]);
    await runs.act('chat', { type: 'StartRun', attempt: 1 });
    expect(await stages()).toEqual([['START', 1], ['SUBMITTED', 1]]);
    await runs.act('chat', { type: 'FailRun', code: 'E5041', reason: 'Too slow.', durationMs: 10 });
    expect(await see(anna, 'chat')).toMatchObject({
      operation: null, pool: null, prompt: null, exchange: null, diagnosis: null, outputs: [], cancellable: false, retryable: false, watchable: false,
    });
    expect(await stages()).toEqual([['START', 1], ['FAILED', 1]]);
  });

  it('says why it failed: from its category, and in the words of a model once there are some for this attempt', async () => {
    await submitted('failing', anna);
    await runs.fail('failing');
    const local = (await see(anna, 'failing')).diagnosis;
    expect(local).toMatchObject({ category: 'QUOTA', model: null });
    expect(local.summary).not.toBe('');
    const report = { summary: 'The account is empty.', likelyCauses: ['Too many videos.'], recommendedFixes: ['Pay.'], nextChecks: ['The balance.'] };
    await runs.diagnose('failing', report);
    expect((await see(anna, 'failing')).diagnosis).toEqual({ category: 'QUOTA', model: 'gpt-4o-mini', ...report });

    await runs.act('failing', { type: 'RetryRun', attempt: 2, at: Date.now() });
    expect(await see(anna, 'failing')).toMatchObject({ state: 'REQUESTED', diagnosis: null, exchange: { parameters: PARAMETERS, request: null, response: null } });
    await runs.fail('failing', 2);
    expect((await see(anna, 'failing')).diagnosis).toEqual(local);
  });

  it('shows its place in the queue of its pool while it waits for a key', async () => {
    await runs.request('waiting', anna);
    await runs.queue('waiting');
    await runs.key('k1');
    const request = { type: 'RequestLease', tenant: 't1', ttlMs: 60_000, maxWaitMs: 600_000, now: Date.now() } as const;
    for (const name of ['holding', 'earlier', 'waiting']) {
      await runs.pool({ ...request, ticketId: `${POOL}/ticket-of-${name}`, requestId: `run/${name}/1/1`, holder: `run/${name}` });
    }
    expect((await see(anna, 'waiting')).waitTicket).toEqual({ place: 2, reason: 'TURN', holder: 'run/waiting' });
    await runs.lease('waiting');
    await runs.act('waiting', { type: 'CancelRun', by: anna.userId, durationMs: 5 });
    expect((await see(anna, 'waiting')).waitTicket).toBeNull();
  });

  it('costs a statement for each kind of what is asked for, however many runs there are', async () => {
    const document = RUN.replace('query ($id: ID!) { node(id: $id) { ... on Run', 'query { runs { nodes').replace('} } }', '} } }');
    const before = api.statements.length;
    const { runs: list } = await api.ask(admin, document);
    expect(list.nodes.length).toBeGreaterThanOrEqual(4);
    expect(api.statements.length - before).toBeLessThanOrEqual(7);
  });
});

describe('what may be done with a run', () => {
  const acts = async (who: Person, runId: string): Promise<boolean[]> => {
    const { cancellable, retryable, watchable } = await see(who, runId);
    return [cancellable, retryable, watchable];
  };

  it('depends on how far it has come', async () => {
    await submitted('course', anna);
    expect(await acts(anna, 'course')).toEqual([true, false, false]);
    await runs.act('course', { type: 'TimeOutRun', attempt: 1, reason: 'Too late.', durationMs: 9 });
    expect(await acts(anna, 'course')).toEqual([false, true, true]);
    await runs.act('course', { type: 'WatchRun', at: Date.now() });
    expect(await acts(anna, 'course')).toEqual([true, false, false]);
    await runs.succeed('course');
    expect(await acts(anna, 'course')).toEqual([false, false, false]);
    await submitted('left alone', anna, false);
    expect(await acts(anna, 'left alone')).toEqual([true, false, true]);
    await runs.request('rejected', anna);
    await runs.act('rejected', { type: 'RejectRun', attempt: 1, code: 'E4291', rule: 'user_concurrency', reason: 'One at a time.', details: {}, durationMs: 1 });
    expect(await acts(anna, 'rejected')).toEqual([false, true, false]);
  });

  it('depends on whose it is: one\'s own, or that of the tenant for those who manage runs', async () => {
    await submitted('of ben', ben);
    expect(await acts(ben, 'of ben')).toEqual([true, false, false]);
    expect(await acts(admin, 'of ben')).toEqual([true, false, false]);
    expect(await acts(auditor, 'of ben')).toEqual([false, false, false]);
  });
});

describe('runs in a list', () => {
  beforeAll(async () => {
    await runs.request('video', ben, { kind: 'video', provider: 'kling' }, { operation: 'kling_text_to_video', pool: 'kling', scenario: null });
  });

  it('TEST-81: are found by operation, pool, scenario, person and time', async () => {
    const all = await idsOf(admin, {});
    const generations = all.filter((id) => id !== idOf('chat'));
    expect(await idsOf(admin, { operation: ['KLING_TEXT_TO_VIDEO'] })).toEqual([idOf('video')]);
    expect(await idsOf(admin, { operation: ['KLING_TEXT_TO_VIDEO', 'LEGNEXT_DIFFUSION'] })).toEqual(generations);
    expect(await idsOf(admin, { operation: [] })).toEqual([]);
    expect(await idsOf(admin, { pool: 'kling' })).toEqual([idOf('video')]);
    expect(await idsOf(admin, { scenario: ['SUCCESS'] })).toEqual(generations.filter((id) => id !== idOf('video')));
    expect(await idsOf(admin, { requestedBy: ben.id })).toEqual(['video', 'of ben'].map(idOf));
    expect(await idsOf(admin, { since: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await idsOf(admin, { until: new Date(Date.now() + 60_000), since: new Date(Date.now() - 3_600_000) })).toEqual(all);
    expect(await idsOf(ben, { pool: POOL })).toEqual([idOf('of ben')]);
  });

  it('TEST-81: come newest first, as many at once as every list has, and on from there', async () => {
    const first = (await api.ask(admin, RUNS, { first: 2 })).runs;
    const rest = (await api.ask(admin, RUNS, { first: 100, after: first.pageInfo.endCursor })).runs;
    expect([...first.nodes, ...rest.nodes].map(({ id }: { id: string }) => id)).toEqual(await idsOf(admin, {}));
    await expect(api.ask(admin, RUNS, { first: 500 })).rejects.toThrow('1 to 100');
  });

  it('TEST-80: are seen by the staff within a second of their beginning', async () => {
    const feed = (await api.follow(admin, 'subscription { runChanged { node { id state pool prompt } } }')) as AsyncGenerator<{ data: any }>;
    await feed.next();
    const begun = Date.now();
    const next = feed.next();
    await runs.request('fresh', anna);
    expect((await next).value.data.runChanged.node).toEqual({ id: idOf('fresh'), state: 'REQUESTED', pool: POOL, prompt: 'a quiet harbour' });
    expect(Date.now() - begun).toBeLessThan(5_000);
    await feed.return(undefined);
  });
});

describe('simultaneous work', () => {
  const reserve = (runId: string, who: Person, ttlMs: number, now = Date.now()) => runs.slot({
    type: 'ReserveSlot', runId, userId: who.userId, tenant: who.tenantId, term: 1, ttlMs, userLimit: 9, globalLimit: 9, now,
  });

  it('TEST-84: shows one\'s own and all beside the limits, over all tenants, without what nobody renewed', async () => {
    expect((await api.ask(anna, CONCURRENCY)).concurrency).toEqual({ userLimit: 1, globalLimit: 4, mine: 0, total: 0 });
    const stranger = await api.person('user', 't2');
    await reserve('old', anna, 1, Date.now() - 60_000);
    await reserve('one', anna, 3_600_000);
    await reserve('two', stranger, 3_600_000);
    expect((await api.ask(anna, CONCURRENCY)).concurrency).toMatchObject({ mine: 1, total: 2 });
    expect((await api.ask(ben, CONCURRENCY)).concurrency).toMatchObject({ mine: 0, total: 2 });
    expect((await api.ask(stranger, CONCURRENCY)).concurrency).toMatchObject({ mine: 1, total: 2 });
    await runs.slot({ type: 'ReleaseSlot', runId: 'two', term: 1, how: 'ended', now: Date.now() });
    expect((await api.ask(stranger, CONCURRENCY)).concurrency).toMatchObject({ mine: 0, total: 1 });
  });
});

describe('the text for LegNext', () => {
  const TEXT = 'query ($parameters: JSON!) { legnextText(parameters: $parameters) }';

  it('is shown with its parameters', async () => {
    const { legnextText } = await api.ask(anna, TEXT, { parameters: { prompt: 'a harbour', options: { chaos: 5, tile: true } } });
    expect(legnextText).toBe('a harbour --ar 1:1 --v 7 --q 1 --s 250 --c 5 --tile');
  });

  it('is refused for what are no parameters, and for those who begin no runs', async () => {
    await expect(api.ask(anna, TEXT, { parameters: { prompt: 'x', options: { chaos: 500 } } })).rejects.toThrow('no parameters for LegNext');
    await expect(api.ask(anna, TEXT, { parameters: null })).rejects.toThrow();
    await expect(api.ask(auditor, TEXT, { parameters: PARAMETERS })).rejects.toThrow('role');
    await expect(api.ask(service('c1', ['runs:read'], 't1'), TEXT, { parameters: PARAMETERS })).rejects.toThrow('scope');
  });
});
