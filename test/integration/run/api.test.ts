import { run } from '../../../commands/run/decider';
import type { RunRequest } from '../../../schema/run/events';
import { toGlobalId } from '../../../src/graphql/node';
import { createApiSetting, type ApiSetting, type Person } from '../chat-session/api-setting';

const RUNS = `query ($filter: RunFilter, $orderBy: RunOrder, $first: Int, $after: String) { runs(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes { id kind state model failure failureCode attempt cost requestedBy { id displayName } } } }`;

let api: ApiSetting;
let admin: Person;
let people: Person[];

const idOf = (runId: string): string => toGlobalId('Run', runId);

beforeAll(async () => {
  const unused = async (): Promise<never> => { throw new Error('no keys here'); };
  api = await createApiSetting({ llm: { streamChat: () => { throw new Error('no chats here'); } }, litellm: { generateKey: unused, deleteKey: unused } });
  admin = await api.person('admin');
  people = [await api.person(), await api.person()];
  await request('r1', people[0]!, { model: 'gpt-4o-mini' });
  await request('r2', people[1]!, { model: '100%_sure', kind: 'image' });
  await request('r3', people[1]!, { model: 'gpt-4o', kind: 'video' });
  await act('r2', { type: 'StartRun', attempt: 1 });
  await act('r2', { type: 'CompleteRun', promptTokens: 1, completionTokens: 2, cost: '0.250000', durationMs: 10, outputRef: null });
  await act('r1', { type: 'FailRun', code: 'E5041', reason: 'Too slow.', durationMs: 10 });
});
afterAll(() => api.close());

async function act(runId: string, what: Parameters<typeof run.decide>[1], tenant = 't1'): Promise<void> {
  const id = `${runId} ${what.type}`;
  await api.commands.execute(run, runId, what, { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant });
}

async function request(runId: string, who: Person, more: Partial<RunRequest>): Promise<void> {
  const data: RunRequest = { runId, kind: 'chat', model: 'm', provider: 'simulated', requestedBy: who.userId, simulated: true, ...more };
  await act(runId, { type: 'RequestRun', request: data }, who.tenantId);
}

async function idsOf(who: Person, filter?: object): Promise<string[]> {
  const { runs } = await api.ask(who, RUNS, { filter });
  return runs.nodes.map(({ id }: { id: string }) => id);
}

describe('runs', () => {
  it('are filtered by everything a filter names', async () => {
    expect(await idsOf(admin)).toEqual(['r3', 'r2', 'r1'].map(idOf));
    expect(await idsOf(admin, { kind: ['IMAGE', 'VIDEO'] })).toEqual(['r3', 'r2'].map(idOf));
    expect(await idsOf(admin, { kind: [] })).toEqual([]);
    expect(await idsOf(admin, { state: ['SUCCEEDED', 'FAILED'] })).toEqual(['r2', 'r1'].map(idOf));
    expect(await idsOf(admin, { requestedBy: people[0]!.id })).toEqual(['r1'].map(idOf));
    expect(await idsOf(admin, { search: '0%_S' })).toEqual(['r2'].map(idOf));
    expect(await idsOf(admin, { search: 'gpt', state: ['REQUESTED'] })).toEqual(['r3'].map(idOf));
  });

  it('show how they ended, and who asked for them without a query each', async () => {
    const before = api.statements.length;
    const { runs } = await api.ask(admin, RUNS, { orderBy: { field: 'UPDATED_AT', direction: 'DESC' } });
    expect(api.statements.length - before).toBe(3);
    expect(runs).toMatchObject({
      totalCount: 3,
      nodes: [
        { id: idOf('r1'), state: 'FAILED', failure: 'Too slow.', failureCode: 'E5041', attempt: 0, requestedBy: { id: people[0]!.id } },
        { id: idOf('r2'), state: 'SUCCEEDED', cost: '0.250000', failure: null, failureCode: null, attempt: 1, requestedBy: { id: people[1]!.id } },
        { id: idOf('r3'), state: 'REQUESTED', kind: 'VIDEO' },
      ],
    });
  });

  it('are paged without gap or repetition', async () => {
    const orderBy = { field: 'CREATED_AT', direction: 'ASC' };
    const { runs: first } = await api.ask(admin, RUNS, { orderBy, first: 2 });
    const { runs: rest } = await api.ask(admin, RUNS, { orderBy, first: 2, after: first.pageInfo.endCursor });
    expect([...first.nodes, ...rest.nodes].map(({ id }: { id: string }) => id)).toEqual(['r1', 'r2', 'r3'].map(idOf));
    expect([first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it('are seen by whoever asked for them and by operators of the tenant', async () => {
    expect(await idsOf(people[0]!)).toEqual([idOf('r1')]);
    expect(await idsOf(await api.person('auditor'))).toHaveLength(3);
    expect(await idsOf(await api.person('owner', 't2'))).toEqual([]);
    await expect(api.ask(people[0]!, 'query ($id: ID!) { node(id: $id) { id } }', { id: idOf('r2') })).rejects.toThrow('no such object');
  });

  it('are followed by whoever may see them', async () => {
    const feed = (await api.follow(people[1]!, 'subscription { runChanged { node { id state } } }')) as AsyncGenerator<{ data: any }>;
    expect((await feed.next()).value.data.runChanged.node).toBeNull();
    await request('r4', people[0]!, {});
    await act('r3', { type: 'StartRun', attempt: 1 });
    expect((await feed.next()).value.data.runChanged.node).toEqual({ id: idOf('r3'), state: 'SUBMITTED' });
    await feed.return(undefined);
  });
});
