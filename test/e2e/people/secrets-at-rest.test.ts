import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { apiOf } from '../../support/api';
import { act, done } from '../../support/people';
import { startServer, temporaryDataDir } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';

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

const { dataDir, remove } = temporaryDataDir();
afterAll(remove);

test('MAMA-11, HAPA-02: no password, key, token or link is left on the disk or in the log', async () => {
  const server = await startServer({ dataDir, env: { KEYLEDGER_LOG_LEVEL: 'trace' } });
  const owner = await setUpOwner(server);

  const email = 'canary.person@example.test';
  const { user } = await done(owner, 'createUser', { email, displayName: 'Kanarienvogel Mensch', role: 'USER', note: 'Kanarienvogel Notiz', password: PASSWORDS[0] }, 'user { id }');
  const { url } = await done(owner, 'createPasswordLink', { userId: user.id }, 'url');
  const linkToken = new URL(url).searchParams.get('token')!;
  await done(apiOf(server.url), 'resetPassword', { token: linkToken, password: PASSWORDS[1] });
  const person = apiOf(server.url);
  await done(person, 'signIn', { email, password: PASSWORDS[1] });
  await done(person, 'changePassword', { oldPassword: PASSWORDS[1], newPassword: PASSWORDS[2] });
  expect((await act(apiOf(server.url), 'signIn', { email, password: PASSWORDS[3] })).errors).not.toEqual([]);
  const { token } = await done(apiOf(server.url), 'signIn', { email, password: PASSWORDS[2], answer: 'TOKEN' }, 'token');
  const { secret: ownKey } = await done(person, 'issueClientKey', { name: 'canary' }, 'secret');
  const { serviceClient } = await done(owner, 'createServiceClient', { name: 'canary', scopes: ['users:read'] }, 'serviceClient { id }');
  const { secret: serviceKey } = await done(owner, 'issueClientKey', { clientId: serviceClient.id, name: 'canary', idempotencyKey: 'canary-key' }, 'secret');
  const again = await done(owner, 'issueClientKey', { clientId: serviceClient.id, name: 'canary', idempotencyKey: 'canary-key' }, 'secret');
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
}, 120_000);
