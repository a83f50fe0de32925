import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema } from 'graphql';
import { projectRoot } from '../../../src/paths';
import { apiOf, bearer, post, type Answer, type Api } from '../../support/api';
import { eventually } from '../../support/eventually';
import { act, done, globalId, keyOf, seeAll, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { OWNER, setUpOwner } from '../../support/set-up';
import { makeTenant } from '../../support/tenants';
import { claimsOf, newTokenSecret, tokenOf } from '../../support/tokens';
import { edgesOf } from './edges';
import { operationsById, type OperationById } from './operations-by-id';

/** In every text of the first tenant. */
const CANARY = 'CANARY';
const UNKNOWN = '7d9f1c1e-5b0a-4c39-9f53-0d1f7a3c2b11';
const schema = buildSchema(readFileSync(path.join(projectRoot, 'schema/schema.graphql'), 'utf8'));
const operations = operationsById(schema);
const edges = edgesOf(schema);
/** What only the operator of the server is let in to, whatever the id. */
const OPERATORS = ['mutation resumeTenant', 'mutation suspendTenant', 'query tenantConfiguration'];
/** Edges that lead to figures and settings only: nothing on them is anybody's. */
const WITHOUT_OBJECTS = [
  'concurrency', 'entitlements', 'entitlements.tenant', 'grantableScopes', 'loadTests.results', 'overview', 'overview.projections', 'ownScopes',
  'projections', 'runs.diagnosis', 'runs.timeline', 'runs.usage', 'setupState', 'setupState.signIn', 'tenants.branding', 'users.entitlements', 'users.usage', 'viewer', 'viewer.entitlements', 'viewer.identities',
  'viewer.preferences', 'viewer.usage',
];

const folder = temporaryDataDir();
const tokenSecret = newTokenSecret();
let server: ServerProcess;
let owner: Api;
/** Objects of the first tenant: what others must not be able to name. Called by their type, and a word before it where there are several. */
const secrets = new Map<string, string>();
/** What else nobody of another tenant may see: addresses of files. */
const addresses: string[] = [];
/** Callers who must not see them. */
const strangers = new Map<string, Api>();

const typeOf = (name: string): string => name.split(' ').at(-1)!;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir, env: { NEXTAUTH_SECRET: tokenSecret } });
  owner = await setUpOwner(server);
  await fillFirstTenant();
  const { owner: otherOwner } = await makeTenant(server, owner, 'other');
  strangers.set('owner of another tenant', otherOwner);
  for (const role of ['ADMIN', 'AUDITOR', 'USER']) strangers.set(`${role} of another tenant`, (await somebody(server, otherOwner, `other-${role}@example.test`, role)).api);
  strangers.set('user of the same tenant', (await somebody(server, owner, 'colleague@example.test')).api);
  strangers.set('nobody', apiOf(server.url));
}, 120_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

async function fillFirstTenant(): Promise<void> {
  const insider = await somebody(server, owner, 'insider@example.test', 'ADMIN', { displayName: `${CANARY} Insider`, note: `${CANARY} note` });
  secrets.set('User', insider.id);
  const gone = await somebody(server, owner, 'gone@example.test', 'USER', { displayName: `${CANARY} Gone` });
  await done(owner, 'deleteUser', { userId: gone.id, confirmation: gone.email });
  secrets.set('deleted User', gone.id);
  const { virtualKey } = await done(owner, 'issueKey', { ownerId: insider.id, keyAlias: `${CANARY}-key`, models: ['gpt-4o-mini'] }, 'virtualKey { id }');
  secrets.set('VirtualKey', virtualKey.id);
  const { chatSession } = await done(owner, 'openChatSession', { title: `${CANARY} chat` }, 'chatSession { id }');
  secrets.set('ChatSession', chatSession.id);
  const { message, run } = await done(owner, 'postMessage', { sessionId: chatSession.id, text: `${CANARY} question` }, 'message { id } run { id }');
  secrets.set('Message', message.id);
  secrets.set('Run', run.id);
  const { serviceClient } = await done(owner, 'createServiceClient', { name: `${CANARY} client`, scopes: ['users:read'] }, 'serviceClient { id }');
  secrets.set('ServiceClient', serviceClient.id);
  const { clientKey } = await done(owner, 'issueClientKey', { clientId: serviceClient.id, name: `${CANARY} client key` }, 'clientKey { id }');
  secrets.set('ClientKey', clientKey.id);
  await done(insider.api, 'issueClientKey', { name: `${CANARY} own key` });

  const { viewer } = await owner.ask('{ viewer { user { id } tenant { id } sessions { id } } }');
  secrets.set('operating User', viewer.user.id);
  secrets.set('Tenant', viewer.tenant.id);
  secrets.set('Session', viewer.sessions[0].id);
  await done(owner, 'addProviderKey', {
    provider: 'guarded', name: `${CANARY} provider key`, secret: 'not-a-real-key', concurrencyLimit: 1, tenantScope: keyOf(viewer.tenant.id),
  });
  // The first request gets the only place on the key, the second has to wait for it.
  const { lease } = await done(owner, 'leaseKey', { provider: 'guarded', requestId: 'first', ttlSeconds: 600 }, 'lease { id fencingToken }');
  expect(lease.fencingToken).toBe('1');
  secrets.set('Lease', lease.id);
  const { ticket } = await done(owner, 'leaseKey', { provider: 'guarded', requestId: 'second', maxWaitSeconds: 600 }, 'ticket { id }');
  secrets.set('WaitTicket', ticket.id);
  const { data } = await post(server.url, bearer(tokenOf(tokenSecret, claimsOf({ sub: 'from-elsewhere', email: 'from-elsewhere@example.test', name: `${CANARY} Elsewhere` }))), '{ viewer { identities { id } } }');
  secrets.set('Identity', data.viewer.identities[0].id);
  await done(owner, 'setEntitlements', { subjectKind: 'TIER', tier: `${CANARY} tier`, models: [] });
  await fillWithRuns(insider.api);
  await seeAll(owner);
  const { auditLog, keyPools } = await owner.ask('{ auditLog(first: 1) { nodes { id } } keyPools { nodes { id keys { id } } } }');
  secrets.set('AuditEntry', auditLog.nodes[0].id);
  secrets.set('KeyPool', keyPools.nodes[0].id);
  secrets.set('ProviderKey', keyPools.nodes[0].keys[0].id);
}

/** A run with a file, one that waits for a key, and a load test. */
async function fillWithRuns(insider: Api): Promise<void> {
  const generation = { operation: 'LEGNEXT_DIFFUSION', parameters: { prompt: `${CANARY} picture`, options: null }, scenario: 'SUCCESS' };
  const { run } = await done(owner, 'startRun', { ...generation, pollIntervalSeconds: 1 }, 'run { id }');
  secrets.set('generating Run', run.id);
  const { outputs } = await eventually(async () => {
    const { node } = await owner.ask('query ($id: ID!) { node(id: $id) { ... on Run { state outputs { url } } } }', { id: run.id });
    return node.state === 'SUCCEEDED' && node;
  }, 30_000);
  addresses.push(...outputs.map(({ url }: { url: string }) => url));
  expect(addresses).not.toEqual([]);
  const { loadTest } = await done(owner, 'startLoadTest', { providers: ['legnext-simulated'], bursts: [1], minHoldMs: 0, maxHoldMs: 0 }, 'loadTest { id }');
  secrets.set('LoadTest', loadTest.id);
  const { keyPool } = await owner.ask('{ keyPool(provider: "legnext-simulated") { keys { id } } }');
  for (const { id } of keyPool.keys) await done(owner, 'deactivateProviderKey', { providerKeyId: id });
  const waiting = await done(insider, 'startRun', { ...generation, maxWaitSeconds: 300 }, 'run { id }');
  secrets.set('waiting Run', waiting.run.id);
  const { waitTicket } = await eventually(async () => {
    const { node } = await insider.ask('query ($id: ID!) { node(id: $id) { ... on Run { waitTicket { id } } } }', { id: waiting.run.id });
    return node.waitTicket && node;
  }, 30_000);
  secrets.set('waiting WaitTicket', waitTicket.id);
}

/** Objects that are none of this caller's business. A user of the same tenant knows that it exists. */
const hiddenFrom = (who: string): [name: string, id: string][] => [...secrets].filter(([name]) => name !== 'Tenant' || who !== 'user of the same tenant');

/** An id of the same shape of which there is no object. */
const missingLike = (name: string, id: string): string => globalId(typeOf(name), keyOf(id).replace(/[^/]+$/, UNKNOWN));

async function call(api: Api, { kind, document }: OperationById, variables: Record<string, unknown>): Promise<Pick<Answer<any>, 'status' | 'data' | 'errors'>> {
  return kind === 'subscription' ? firstItem(api, document, variables) : api.call(document, variables);
}

/** How a subscription begins; the close code stands for the status when the socket is closed instead. */
async function firstItem(api: Api, query: string, variables: Record<string, unknown>): Promise<Pick<Answer<any>, 'status' | 'data' | 'errors'>> {
  const client = api.socket();
  try {
    return await new Promise((resolve) => client.subscribe({ query, variables }, {
      next: ({ data, errors = [] }) => resolve({ status: 200, data, errors: errors as unknown as Answer<any>['errors'] }),
      error: (reason) => (Array.isArray(reason)
        ? resolve({ status: 200, data: null, errors: reason }) : resolve({ status: (reason as { code?: number }).code ?? 0, data: null, errors: [] })),
      complete: () => resolve({ status: 204, data: null, errors: [] }),
    }));
  } finally {
    await client.dispose();
  }
}

/** What a caller can tell from an answer, without what differs from request to request. */
function tellable({ status, data, errors }: Awaited<ReturnType<typeof call>>, id: string): string {
  const told = { status, data, errors: errors.map(({ message, extensions, path: at }) => ({ message, at, ...extensions, correlationId: '' })) };
  return JSON.stringify(told).replaceAll(id, 'ID').replaceAll(keyOf(id), 'KEY').replaceAll(/"retryAfterMs":\d+/g, '"retryAfterMs":0');
}

/** Whether the operation got as far as looking for the object, and found none. */
const lookedInVain = (answer: string): boolean => /"code":"E4041"|"rule":"stale_lease"|"nodes":\[\]|"node":null|\[null\]/.test(answer);

describe('there is something to hide', () => {
  test('the schema has operations that take ids, and objects of every type that is read by one', async () => {
    expect(operations.length).toBeGreaterThan(25);
    expect(operations.filter(({ kind }) => kind === 'subscription').map(({ name }) => name)).toEqual([
      'subscription answerStream messageId', 'subscription leaseRequestChanged ticketId', 'subscription messageChanged sessionId',
      'subscription runProgress runId',
    ]);
    const types = schema.getPossibleTypes(schema.getType('Node') as Parameters<typeof schema.getPossibleTypes>[0]).map(({ name }) => name);
    expect([...secrets.keys()].map(typeOf)).toEqual(expect.arrayContaining([...types, 'Session', 'Identity']));
  });

  test('whoever may see the objects finds them by their ids', async () => {
    const ids = [...secrets].filter(([name]) => !['Session', 'Identity'].includes(name)).map(([, id]) => id);
    const { nodes } = await owner.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(nodes.map((node: { id: string } | null) => node?.id)).toEqual(ids);
  });

  test('whoever may see the objects finds them along every edge that leads to any', async () => {
    const silent: string[] = [];
    for (const { name, document } of edges) if (marksIn(await owner.ask(document), [...secrets]).length === 0) silent.push(name);
    expect(silent.sort()).toEqual(WITHOUT_OBJECTS);
  });
});

/** What of the first tenant stands in an answer. */
function marksIn(data: unknown, hidden: readonly (readonly [string, string])[]): string[] {
  const seen = JSON.stringify(data);
  const marks = hidden.flatMap(([name, id]) => {
    if (name === 'Tenant') return [id, OWNER.tenantName];
    // Whoever made a tenant stands in its log by their key.
    return name === 'operating User' ? [id] : [id, keyOf(id)];
  });
  return [CANARY, 'insider@example.test', ...addresses, ...marks].filter((mark) => seen.includes(mark));
}

// Before they try anything: what strangers named themselves stands in their own log.
test('85: nothing of another tenant comes along any edge', async () => {
  const wrong: object[] = [];
  for (const [who, api] of strangers) {
    for (const { name, document } of edges) {
      const { data, errors } = await api.call(document);
      const leaked = marksIn([data, errors], hiddenFrom(who));
      const closed = errors.every(({ extensions: { code } }) => code === 'E4031' || code === 'E4011');
      const answered = errors.length > 0 ? closed : data !== null;
      if (leaked.length > 0 || !answered) wrong.push({ who, name, leaked, errors });
    }
  }
  expect(wrong).toEqual([]);
  const open = await Promise.all(edges.map(async ({ document }) => (await strangers.get('owner of another tenant')!.call(document)).errors.length === 0));
  expect(edges.filter((_, index) => !open[index]).map(({ name }) => name)).toEqual(['tenants', 'tenants.branding']);
}, 60_000);

test('85: no operation tells a foreign object from one that does not exist', async () => {
  const told: string[] = [];
  const looked = new Set<string>();
  let asked = 0;
  for (const [who, api] of strangers) {
    for (const operation of operations) {
      const answerTo = async (id: string): Promise<string> => {
        asked++;
        return tellable(await call(api, operation, operation.variablesFor(id)), id);
      };
      // Several objects of a type are compared with one that does not exist.
      const answersToMissing = new Map<string, Promise<string>>();
      const answerToMissing = (id: string): Promise<string> => {
        const answer = answersToMissing.get(id) ?? answerTo(id);
        answersToMissing.set(id, answer);
        return answer;
      };
      const compare = async ([name, id]: [string, string]): Promise<void> => {
        const [ofForeign, ofMissing] = await Promise.all([answerTo(id), answerToMissing(missingLike(name, id))]);
        if (ofForeign !== ofMissing) told.push(`${who}: ${operation.name} with a ${name}\n  ${ofForeign}\n  ${ofMissing}`);
        if (lookedInVain(ofForeign)) looked.add(operation.name);
      };
      // A person has few sockets at a time.
      if (operation.kind === 'subscription') for (const hidden of hiddenFrom(who)) await compare(hidden);
      else await Promise.all(hiddenFrom(who).map(compare));
    }
  }
  console.info(`${asked} requests: ${strangers.size} callers x ${operations.length} places of ids x ${secrets.size} objects`);
  expect(told).toEqual([]);
  const never = operations.map(({ name }) => name).filter((name) => !looked.has(name) && !OPERATORS.some((one) => name.startsWith(`${one} `)));
  expect(never).toEqual([]);
}, 300_000);

test('85: what a stranger tried with foreign objects is in the log of the stranger', async () => {
  const otherOwner = strangers.get('owner of another tenant')!;
  // Somebody of whom no refusal was written yet: of a crowd of them only the first are.
  const burglar = await somebody(server, otherOwner, 'burglar@example.test', 'ADMIN');
  const tried = { deactivateUser: { userId: secrets.get('User') }, revokeClientKey: { keyId: secrets.get('ClientKey') }, updateServiceClient: { clientId: secrets.get('ServiceClient'), name: 'Mine' } };
  for (const [name, input] of Object.entries(tried)) expect((await act(burglar.api, name, input)).errors).toMatchObject([{ code: 'E4041' }]);
  await seeAll(otherOwner);
  const { auditLog } = await otherOwner.ask(
    'query ($actorId: String) { auditLog(filter: { result: [REFUSED], actorId: $actorId }) { nodes { reason subjects summary } } }', { actorId: keyOf(burglar.id) });
  expect(auditLog.nodes.map(({ summary, subjects }: any) => [summary.act, subjects]).reverse()).toEqual([
    ['deactivateUser', [keyOf(secrets.get('User')!)]], ['revokeClientKey', [keyOf(secrets.get('ClientKey')!)]], ['updateServiceClient', [keyOf(secrets.get('ServiceClient')!)]],
  ]);
  expect((await owner.ask('query ($id: ID!) { node(id: $id) { ... on User { state } } }', { id: secrets.get('User') })).node).toEqual({ state: 'ACTIVE' });
});
