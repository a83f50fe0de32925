import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { apiOf } from '../../support/api';
import { startServer, temporaryDataDir } from '../../support/server-process';
import { OWNER, setUpOwner, signIn } from '../../support/set-up';

const PASSWORDS = ['first canary passphrase', 'second canary passphrase', 'third canary passphrase', 'wrong canary passphrase'] as const;

/** Everything the server leaves on the disk: tables, their logs, the event log, keys and sockets. */
function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(name);
    else if (entry.isFile()) yield name;
  }
}

const disguises = (text: string): Buffer[] => [
  Buffer.from(text), Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '')), Buffer.from(Buffer.from(text).toString('base64url')),
  Buffer.from(Buffer.from(text).toString('hex')),
];

test('MAMA-11, HAPA-02: no password, key, token or link is left on the disk or in the log', async () => {
  const { dataDir, remove } = temporaryDataDir();
  const server = await startServer({ dataDir, env: { KEYLEDGER_LOG_LEVEL: 'trace' } });
  const owner = await setUpOwner(server);
  const mutate = async (name: string, input: object, answer: string, api = owner): Promise<Record<string, any>> => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const data = await api.ask(`mutation ($input: ${type}!) { ${name}(input: $input) { ${answer} errors { rule } } }`, { input });
    return data[name] as Record<string, any>;
  };

  const email = 'canary.person@example.test';
  const { user } = await mutate('createUser', { email, displayName: 'Kanarienvogel Mensch', role: 'USER', note: 'Kanarienvogel Notiz', password: PASSWORDS[0] }, 'user { id }');
  const { url } = await mutate('createPasswordLink', { userId: user.id }, 'url');
  const linkToken = new URL(url).searchParams.get('token')!;
  await mutate('resetPassword', { token: linkToken, password: PASSWORDS[1] }, 'viewer { role }', apiOf(server.url));
  const person = await signIn(server, { ...OWNER, email, password: PASSWORDS[1] });
  await mutate('changePassword', { oldPassword: PASSWORDS[1], newPassword: PASSWORDS[2] }, 'viewer { role }', person);
  await mutate('signIn', { email, password: PASSWORDS[3] }, 'viewer { role }', apiOf(server.url));
  const { token } = await mutate('signIn', { email, password: PASSWORDS[2], answer: 'TOKEN' }, 'token', apiOf(server.url));
  const { secret: ownKey } = await mutate('issueClientKey', { name: 'canary' }, 'secret', person);
  const { serviceClient } = await mutate('createServiceClient', { name: 'canary', scopes: ['users:read'] }, 'serviceClient { id }');
  const { secret: serviceKey } = await mutate('issueClientKey', { clientId: serviceClient.id, name: 'canary', idempotencyKey: 'canary-key' }, 'secret');
  const again = await mutate('issueClientKey', { clientId: serviceClient.id, name: 'canary', idempotencyKey: 'canary-key' }, 'secret');
  expect(again.secret).toBeNull();
  const cookie = person.cookie()!.split('=')[1]!;
  await server.stop();

  const secrets = {
    ...Object.fromEntries(PASSWORDS.map((password) => [password, password])), linkToken, token, ownKey, serviceKey, cookie,
    setUpLink: new URL(server.setupLink!).searchParams.get('token')!,
  };
  const found: string[] = [];
  let bytes = 0;
  for (const file of filesBelow(dataDir)) {
    const content = readFileSync(file);
    bytes += statSync(file).size;
    for (const [name, secret] of Object.entries(secrets)) {
      expect(secret.length).toBeGreaterThan(10);
      if (disguises(secret).some((form) => content.includes(form))) found.push(`${name} in ${path.relative(dataDir, file)}`);
    }
  }
  // The link for the first owner is printed on purpose; nothing else may be.
  for (const [name, secret] of Object.entries(secrets)) if (name !== 'setUpLink' && server.output().includes(secret)) found.push(`${name} in the output`);
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(found).toEqual([]);
  remove();
}, 120_000);
