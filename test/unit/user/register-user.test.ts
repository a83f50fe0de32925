import { loginName } from '../../../commands/login-name/decider';
import { loginNameOf, registerUser, type NewUser } from '../../../commands/user/register-user';
import { tenant } from '../../../commands/tenant/decider';
import { RefusedError } from '../../../schema/errors/catalogue';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import { sealedText } from '../../support/sealed';
import { context } from '../command-runtime/setting';

type Services = Parameters<typeof registerUser>[0];

async function world() {
  const commands = createCommandRuntime({ store: createInMemoryEventStore() });
  await commands.execute(tenant, 't-1', { type: 'CreateTenant', tenantId: 't-1', slug: 'default', name: 'Acme' }, context());
  const kept: string[] = [];
  const passwords = { set: async (userId: string, password: string) => void kept.push(`${userId} ${password}`) };
  const services = {
    commands,
    auth: { passwords, standings: { setUser: async () => {} } },
    vault: {
      fingerprint: (_purpose: string, value: string) => `fingerprint of ${value}`,
      seal: async ({ subject, field }: { subject: string; field: string }, text: string) => sealedText(subject, field, text),
    },
  } as unknown as Services;
  const holder = async (email: string): Promise<string | undefined> => (await commands.load(loginName, loginNameOf(services, email))).state.userId;
  return { commands, services, passwords, kept, holder };
}

const kim: NewUser = { userId: 'u1', email: ' Kim@example.test', displayName: ' Kim ', role: 'user', password: 'violet tram on ice' };

test('an owner joins the list of owners', async () => {
  const { commands, services } = await world();
  await registerUser(services, context(), { ...kim, role: 'owner' });
  expect((await commands.load(tenant, 't-1')).state).toMatchObject({ owners: { u1: { term: 0, inOffice: true } } });
});

test('the same command twice is once', async () => {
  const { services, holder } = await world();
  const command = context();
  const first = await registerUser(services, command, kim);
  expect(first).toMatchObject({ accepted: true, answer: { userId: 'u1' }, revision: 0n });
  expect(await registerUser(services, command, kim)).toEqual(first);
  expect(await holder('KIM@EXAMPLE.TEST')).toBe('u1');
});

test('an address that is taken refuses before a password is kept', async () => {
  const { services, kept } = await world();
  await registerUser(services, context(), { ...kim, password: null });
  expect(await registerUser(services, context(), { ...kim, userId: 'u2' })).toMatchObject({ accepted: false, refusal: { rule: 'email_taken' } });
  expect(kept).toEqual([]);
});

test('when the password cannot be kept, the address is free again, and the same command goes through later', async () => {
  const { services, passwords, holder } = await world();
  const set = passwords.set;
  passwords.set = async () => { throw new RefusedError({ code: 'E4291', rule: 'busy', message: 'Too many wait.' }); };
  const command = context();
  await expect(registerUser(services, command, kim)).rejects.toThrow('Too many wait');
  expect(await holder('kim@example.test')).toBeUndefined();
  passwords.set = set;
  expect(await registerUser(services, command, kim)).toMatchObject({ accepted: true });
  expect(await holder('kim@example.test')).toBe('u1');
});

test.each([
  [{ password: 'short' }, 'password_too_short'], [{ password: null, passwordHash: 'md5$x' }, 'password_hash'],
  [{ passwordHash: 'pbkdf2_sha256$1000$c2FsdHNhbHQ$x' }, 'password_or_hash'],
])('a way in that will not do (%j) refuses before anything is claimed', async (wayIn, rule) => {
  const { services, holder } = await world();
  await expect(registerUser(services, context(), { ...kim, ...wayIn })).rejects.toMatchObject({ refusal: { rule } });
  expect(await holder('kim@example.test')).toBeUndefined();
});
