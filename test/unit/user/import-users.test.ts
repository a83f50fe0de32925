import { tenant } from '../../../commands/tenant/decider';
import { user, type By, type UserCommand } from '../../../commands/user/decider';
import { importUsers } from '../../../commands/user/import-users';
import { registerUser } from '../../../commands/user/register-user';
import { RefusedError } from '../../../schema/errors/catalogue';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import { sealedText } from '../../support/sealed';
import { context } from '../command-runtime/setting';

type Services = Parameters<typeof importUsers>[0];

const owner: By = { id: 'boss', tenantId: 't-1', role: 'owner' };
const admin: By = { id: 'helper', tenantId: 't-1', role: 'admin' };
const PASSWORD = 'violet tram on ice';

async function world() {
  const runtime = createCommandRuntime({ store: createInMemoryEventStore() });
  await runtime.execute(tenant, 't-1', { type: 'CreateTenant', tenantId: 't-1', slug: 'default', name: 'Acme' }, context());
  const kept: string[] = [];
  const passwords = { set: async (userId: string, password: string) => void kept.push(`${userId} ${password}`) };
  /** Happens right before a command is decided. */
  const before: { run?(command: UserCommand): Promise<void> } = {};
  const commands: typeof runtime = {
    ...runtime,
    execute: async (aggregate, id, command, ...rest) => {
      await before.run?.(command as UserCommand);
      return runtime.execute(aggregate, id, command, ...rest);
    },
  };
  const services = {
    commands,
    auth: { passwords, standings: { setUser: async () => {} } },
    vault: {
      fingerprint: (_purpose: string, value: string) => `fingerprint of ${value}`,
      seal: async ({ subject, field }: { subject: string; field: string }, text: string) => sealedText(subject, field, text),
      open: async (_tenant: string, sealed: readonly unknown[]) => sealed.map(() => 'Kim'),
    },
  } as unknown as Services;
  await registerUser(services, context(), { userId: 'u1', email: 'kim@example.test', displayName: 'Kim', role: 'user' });
  const file = async (lines: readonly string[], by = owner, command = context()): Promise<string[]> => {
    const csv = ['email,displayName,role,password', ...lines].join('\n');
    const outcome = await importUsers(services, command, { csv, dryRun: false }, by);
    if (!outcome.accepted) throw new RefusedError(outcome.refusal);
    return (JSON.parse(outcome.answer.lines) as { line: number; outcome: string; refusals: { rule: string }[] }[])
      .map(({ line, outcome: became, refusals }) => [line, became, ...refusals.map(({ rule }) => rule)].join(' '));
  };
  return { runtime, services, kept, passwords, before, file };
}

test('somebody who is promoted meanwhile keeps their password', async () => {
  const { runtime, kept, before, file } = await world();
  before.run = async ({ type }) => {
    if (type !== 'RecordPasswordSet') return;
    delete before.run;
    await runtime.execute(user, 'u1', { type: 'AssignRole', role: 'admin', term: 0, by: owner }, context());
  };
  expect(await file([`kim@example.test,,,${PASSWORD}`], admin)).toEqual(['2 refused role_above']);
  expect(kept).toEqual([]);
  expect(await file([`kim@example.test,,,${PASSWORD}`])).toEqual(['2 update']);
  expect(kept).toEqual([`u1 ${PASSWORD}`]);
});

test('every line without an address is told so; only a line that can be read is the first of its address', async () => {
  const { file } = await world();
  expect(await file([',No Address,user,', ',Nor Here,user,', 'new@example.test,New', 'new@example.test,New,user,', 'NEW@example.test,New,user,'])).toEqual([
    '2 refused required', '3 refused required', '4 refused csv_cells', '5 create', '6 refused email_repeated',
  ]);
});

test('a line that is refused in passing is done when the same file is sent again', async () => {
  const { passwords, file } = await world();
  const set = passwords.set;
  passwords.set = async () => { throw new RefusedError({ code: 'E4291', rule: 'busy', message: 'Too many wait.' }); };
  const lines = [`new@example.test,New,user,${PASSWORD}`, 'other@example.test,Other,user,'];
  const command = context();
  await expect(file(lines, owner, command)).rejects.toMatchObject({ refusal: { rule: 'busy', path: ['input', 'csv', '2'] } });
  passwords.set = set;
  expect(await file(lines, owner, command)).toEqual(['2 create', '3 create']);
});

test('when the last owner cannot lose their role, nothing else of their line is done', async () => {
  const { runtime, services, file } = await world();
  await registerUser(services, context(), { userId: 'u2', email: 'only@example.test', displayName: 'Kim', role: 'owner' });
  const { revision } = await runtime.load(user, 'u2');
  expect(await file(['only@example.test,Another Name,user,'])).toEqual(['2 refused last_owner']);
  expect((await runtime.load(user, 'u2')).revision).toBe(revision);
});
