import { loginName } from '../../../commands/login-name/decider';
import { loginNamesReactor, settleLoginNameTask } from '../../../commands/login-name/reactor';
import { tenant } from '../../../commands/tenant/decider';
import { user } from '../../../commands/user/decider';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { JobHelpers } from '../../../src/jobs/port';
import { anEvent } from '../../support/events';
import { sealedText } from '../../support/sealed';
import { context } from '../command-runtime/setting';

const jobsOf = (type: string, data: Record<string, unknown>, stream: string) => loginNamesReactor.react([
  { type, data, at: { ...anEvent({ type, data }), stream, revision: 0n, position: 1n, recordedAt: new Date() } },
] as unknown as Parameters<typeof loginNamesReactor.react>[0]);

describe('a login name is settled', () => {
  const jobKey = 'settle-login-name:fp:u1';
  const payload = { tenant: 't-1', name: 'fp', userId: 'u1' };
  test('a minute after it was claimed, unless its user is there before', () => {
    expect(jobsOf('LoginNameClaimed', { userId: 'u1' }, 'loginName-fp')).toMatchObject([{ jobKey, payload, runAt: new Date('2026-01-02T03:05:05.678Z') }]);
    const [job] = jobsOf('UserCreated', { userId: 'u1', loginName: 'fp' }, 'user-u1');
    expect(job).toMatchObject({ jobKey, payload });
    expect(job).not.toHaveProperty('runAt');
  });
  test('when it was given back', () => expect(jobsOf('LoginNameReleased', { userId: 'u1' }, 'loginName-fp')).toMatchObject([{ jobKey, payload }]));
});

async function world() {
  const commands = createCommandRuntime({ store: createInMemoryEventStore() });
  await commands.execute(tenant, 't-1', { type: 'CreateTenant', tenantId: 't-1', slug: 'default', name: 'Acme' }, context());
  const auth = { standings: { setUser: async () => {} } };
  const settle = settleLoginNameTask({ commands, auth } as unknown as Parameters<typeof settleLoginNameTask>[0]);
  return {
    commands,
    claim: (userId: string) => commands.execute(loginName, 'fp', { type: 'ClaimLoginName', userId }, context()),
    create: (userId: string) => commands.execute(user, userId, {
      type: 'CreateUser', userId, tenantId: 't-1', loginName: 'fp', email: sealedText(userId, 'email', 'e'),
      displayName: sealedText(userId, 'displayName', 'n'), role: 'user', organization: null, note: null, tier: 'free',
    }, context()),
    settle: (userId: string) => settle({ tenant: 't-1', eventId: context().commandId, correlationId: 'c', name: 'fp', userId }, {} as JobHelpers),
    holder: async () => (await commands.load(loginName, 'fp')).state.userId,
  };
}

test('the claim of a user who never came is given back; that of one who did stays', async () => {
  const { claim, create, settle, holder } = await world();
  await claim('u1');
  await settle('u1');
  expect(await holder()).toBeUndefined();
  await claim('u2');
  await create('u2');
  await settle('u2');
  await settle('u1');
  expect(await holder()).toBe('u2');
});

test('a user who comes after their claim was given back gets their name again', async () => {
  const { claim, create, settle, holder } = await world();
  await claim('u1');
  await settle('u1');
  await create('u1');
  await settle('u1');
  expect(await holder()).toBe('u1');
});

test('a user whose name somebody else has got meanwhile goes', async () => {
  const { commands, claim, create, settle, holder } = await world();
  await claim('u1');
  await settle('u1');
  await claim('u2');
  await create('u2');
  await create('u1');
  await settle('u1');
  expect(await holder()).toBe('u2');
  expect((await commands.load(user, 'u1')).state).toMatchObject({ deleted: true });
  expect((await commands.load(user, 'u2')).state).toMatchObject({ deleted: false });
});

test('the name of somebody deleted is given back', async () => {
  const { commands, claim, create, settle, holder } = await world();
  await claim('u1');
  await create('u1');
  await commands.execute(user, 'u1', { type: 'DeleteUser', term: 0, by: { id: 'boss', tenantId: 't-1', role: 'owner' } }, context());
  await settle('u1');
  expect(await holder()).toBeUndefined();
});
