import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema } from 'graphql';
import { projectRoot } from '../../../src/paths';
import { apiOf, type Api, type Answer } from '../../support/api';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner, signIn } from '../../support/set-up';
import { operationsById } from './operations-by-id';

const PASSWORD = 'plain words of mine';
/** In every text of the first tenant. */
const CANARY = 'CANARY';
const UNKNOWN = '7d9f1c1e-5b0a-4c39-9f53-0d1f7a3c2b11';
const schema = buildSchema(readFileSync(path.join(projectRoot, 'schema/schema.graphql'), 'utf8'));
const operations = operationsById(schema);

let server: ServerProcess;
let owner: Api;
/** Objects of the first tenant by type: what others must not be able to name. */
const secrets = new Map<string, string>();
/** Callers who must not see them. */
const strangers = new Map<string, Api>();

const globalId = (type: string, key: string): string => Buffer.from(`${type}:${key}`).toString('base64url');

beforeAll(async () => {
  server = await startServer({ dataDir: temporaryDataDir().dataDir });
  owner = await setUpOwner(server);
  await fillFirstTenant();
  await makeStrangers();
}, 120_000);
afterAll(() => server?.stop());

async function fillFirstTenant(): Promise<void> {
  const { createUser } = await owner.ask(
    'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } errors { message } } }',
    { input: { email: 'insider@example.test', displayName: `${CANARY} Insider`, role: 'ADMIN', password: PASSWORD, note: `${CANARY} note` } });
  secrets.set('User', createUser.user.id);
  const { issueKey } = await owner.ask(
    'mutation ($input: IssueKeyInput!) { issueKey(input: $input) { virtualKey { id } errors { message } } }',
    { input: { ownerId: createUser.user.id, keyAlias: `${CANARY}-key`, models: ['gpt-4o-mini'] } });
  secrets.set('VirtualKey', issueKey.virtualKey.id);
  const { openChatSession } = await owner.ask(
    'mutation ($input: OpenChatSessionInput!) { openChatSession(input: $input) { chatSession { id } errors { message } } }',
    { input: { title: `${CANARY} chat` } });
  secrets.set('ChatSession', openChatSession.chatSession.id);
  const { postMessage } = await owner.ask(
    'mutation ($input: PostMessageInput!) { postMessage(input: $input) { message { id } run { id } errors { message } } }',
    { input: { sessionId: openChatSession.chatSession.id, text: `${CANARY} question` } });
  secrets.set('Message', postMessage.message.id);
  secrets.set('Run', postMessage.run.id);
  const { createServiceClient } = await owner.ask(
    'mutation ($input: CreateServiceClientInput!) { createServiceClient(input: $input) { serviceClient { id } errors { message } } }',
    { input: { name: `${CANARY} client`, scopes: ['users:read'] } });
  secrets.set('ServiceClient', createServiceClient.serviceClient.id);
  const { issueClientKey } = await owner.ask(
    'mutation ($input: IssueClientKeyInput!) { issueClientKey(input: $input) { clientKey { id } errors { message } } }',
    { input: { clientId: createServiceClient.serviceClient.id, name: `${CANARY} client key` } });
  secrets.set('ClientKey', issueClientKey.clientKey.id);
  const { viewer, auditLog } = await owner.ask('{ viewer { tenant { id } sessions { id } } auditLog(first: 1) { nodes { id } } }');
  secrets.set('Tenant', viewer.tenant.id);
  secrets.set('Session', viewer.sessions[0].id);
  secrets.set('AuditEntry', auditLog.nodes[0].id);
}

async function makeStrangers(): Promise<void> {
  const { createTenant } = await owner.ask(
    'mutation ($input: CreateTenantInput!) { createTenant(input: $input) { passwordLink errors { message } } }',
    { input: { slug: 'other', name: 'Other School', owner: { email: 'other-owner@example.test', displayName: 'Other Owner' } } });
  const token = new URL(createTenant.passwordLink).searchParams.get('token');
  const otherOwner = apiOf(server.url);
  await otherOwner.ask('mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { errors { message } } }', { input: { token, password: PASSWORD } });
  strangers.set('owner of another tenant', otherOwner);
  for (const role of ['ADMIN', 'AUDITOR', 'USER']) {
    const email = `other-${role.toLowerCase()}@example.test`;
    await otherOwner.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { errors { message } } }', { input: { email, displayName: 'Other', role, password: PASSWORD } });
    strangers.set(`${role.toLowerCase()} of another tenant`, await signIn(server, { email, password: PASSWORD, displayName: '', tenantName: '' }));
  }
  strangers.set('nobody', apiOf(server.url));
}

/** What a caller can tell from an answer, without what differs from request to request. */
function tellable({ status, data, errors }: Answer<unknown>, id: string): string {
  const told = { status, data, errors: errors.map(({ message, extensions, path: at }) => ({ message, at, ...extensions, correlationId: '' })) };
  return JSON.stringify(told).replaceAll(id, 'ID').replaceAll(/"retryAfterMs":\d+/g, '"retryAfterMs":0');
}

test('the schema has operations that take ids', () => {
  expect(operations.length).toBeGreaterThan(25);
  expect(secrets.size).toBeGreaterThanOrEqual(9);
});

test('85: no operation tells a foreign object from one that does not exist', async () => {
  const told: string[] = [];
  let asked = 0;
  for (const [who, api] of strangers) {
    for (const operation of operations) {
      await Promise.all([...secrets].map(async ([type, id]) => {
        const unknown = globalId(type, UNKNOWN);
        const [foreign, missing] = await Promise.all([id, unknown].map((named) => api.call(operation.document, operation.variablesFor(named))));
        asked += 2;
        if (tellable(foreign!, id) !== tellable(missing!, unknown)) told.push(`${who}: ${operation.name} with a ${type}\n  ${tellable(foreign!, id)}\n  ${tellable(missing!, unknown)}`);
      }));
    }
  }
  console.info(`${asked} requests: ${strangers.size} callers x ${operations.length} places of ids x ${secrets.size} types`);
  expect(told).toEqual([]);
}, 300_000);

test('85: nothing of another tenant comes along any edge', async () => {
  const EVERYTHING = `{
    users(first: 100) { nodes { displayName note virtualKeys { nodes { keyAlias } } clientKeys { name } sessions { id } } }
    virtualKeys(first: 100) { nodes { keyAlias owner { displayName } } }
    runs(first: 100) { nodes { id requestedBy { displayName } } }
    auditLog(first: 100) { nodes { summary stream subjects actor { displayName } } }
    serviceClients(first: 100) { nodes { name keys { name } } }
    clientKeys(first: 100) { nodes { name } }
    userExport { csv }
  }`;
  const insiders = [...secrets.values()].map((id) => Buffer.from(id, 'base64url').toString().split(':')[1]!);
  for (const [who, api] of strangers) {
    const { data } = await api.call(EVERYTHING);
    const seen = JSON.stringify(data);
    const leaked = [CANARY, 'insider@example.test', ...insiders].filter((text) => seen.includes(text));
    expect({ who, leaked }).toEqual({ who, leaked: [] });
  }
  const { users } = await owner.ask('{ users(first: 100) { nodes { displayName } } }');
  expect(JSON.stringify(users)).toContain(CANARY);
});

test('91: what strangers did to foreign objects is in the audit log', async () => {
  const otherOwner = strangers.get('owner of another tenant')!;
  const { auditLog } = await otherOwner.ask('{ auditLog(first: 100, filter: { result: [REFUSED] }) { nodes { act reason subjects } } }');
  expect(auditLog.nodes.length).toBeGreaterThan(0);
});
