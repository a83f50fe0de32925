import { concurrencySlots, SLOTS } from '../../../commands/concurrency-slot/decider';
import { followUp } from '../../../commands/follow-up';
import { createApiSetting, type ApiSetting, type Person } from '../chat-session/api-setting';

/** Every run writes a dozen acts by itself: what people did must not drown in them. */

let api: ApiSetting;
let boss: Person;
let slots = 0;

beforeAll(async () => {
  const unused = async (): Promise<never> => { throw new Error('no keys here'); };
  api = await createApiSetting({ llm: { streamChat: () => { throw new Error('no chats here'); } }, litellm: { generateKey: unused, deleteKey: unused } });
  boss = await api.person('owner');
});
afterAll(() => api.close());

/** A slot that a run takes. @returns what it was part of */
async function takeSlot(): Promise<string> {
  const runId = `run-${++slots}`;
  const reserve = { type: 'ReserveSlot' as const, runId, userId: boss.userId, tenant: 't1', term: 1, ttlMs: 60_000, userLimit: 100, globalLimit: 100, now: Date.now() };
  await api.commands.execute(concurrencySlots, SLOTS, reserve, followUp({ tenant: 't1', eventId: runId, correlationId: `story of ${runId}` }, 'test', 'slot'));
  return `story of ${runId}`;
}

async function acts(filter?: object): Promise<string[]> {
  const { auditLog } = await api.ask(boss, 'query ($filter: AuditFilter) { auditLog(first: 100, filter: $filter) { totalCount nodes { act } } }', { filter });
  expect(auditLog.totalCount).toBe(auditLog.nodes.length);
  return auditLog.nodes.map(({ act }: { act: string }) => act);
}

test('the list leaves routine acts out, unless their name, a text or what they were part of asks for them', async () => {
  const story = await takeSlot();
  expect(await acts()).toContain('UserCreated');
  expect(await acts()).not.toContain('SlotReserved');
  expect(await acts({ subject: boss.userId })).not.toContain('SlotReserved');
  expect(await acts({ act: ['SlotReserved', 'UserCreated'] })).toEqual(expect.arrayContaining(['SlotReserved', 'UserCreated']));
  expect(await acts({ search: 'slotreserved' })).toContain('SlotReserved');
  expect(await acts({ correlationId: story })).toEqual(['SlotReserved']);
});

test('those who follow the log are told of routine acts only when they name them', async () => {
  const follow = (act?: string[]) => api.follow(boss, 'subscription ($act: [String!]) { auditEntryAdded(act: $act) { node { act } } }', { act }) as Promise<AsyncGenerator<any>>;
  const [plain, named] = [await follow(), await follow(['SlotReserved'])];
  for (const feed of [plain, named]) expect((await feed.next()).value.data.auditEntryAdded.node).toBeNull();
  await takeSlot();
  await api.person('user');
  expect((await plain.next()).value.data.auditEntryAdded.node).toEqual({ act: 'UserCreated' });
  await takeSlot();
  for (let n = 0; n < 2; n++) expect((await named.next()).value.data.auditEntryAdded.node).toEqual({ act: 'SlotReserved' });
  await plain.return(undefined);
  await named.return(undefined);
});
