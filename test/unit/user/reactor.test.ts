import { loginName } from '../../../commands/login-name/decider';
import { user, type By } from '../../../commands/user/decider';
import { ownersReactor, settleStandingTask } from '../../../commands/user/reactor';
import type { UserStanding } from '../../../src/auth/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { JobHelpers } from '../../../src/jobs/port';
import { anEvent } from '../../support/events';
import { sealedText } from '../../support/sealed';
import { context } from '../command-runtime/setting';

const at = (type: string, data: Record<string, unknown>) => ({ type, data, at: { ...anEvent({ type, data }), stream: 's', revision: 0n, position: 1n, recordedAt: new Date() } });
const jobsOf = (type: string, data: Record<string, unknown>) => ownersReactor.react([at(type, data)] as unknown as Parameters<typeof ownersReactor.react>[0]);

describe('the list of owners is settled', () => {
  test.each([
    ['UserCreated', { userId: 'u1', role: 'owner' }], ['RoleAssigned', { userId: 'u1', role: 'owner', previous: 'user' }], ['UserReactivated', { userId: 'u1' }],
  ])('after %s', (type, data) => {
    expect(jobsOf(type, data)).toMatchObject([{ task: 'settle-owner', jobKey: 'settle-owner:u1', payload: { userId: 'u1', tenant: 't-1', renew: false } }]);
  });
  test('a minute after somebody was taken off it', () => {
    const [job] = jobsOf('OwnerRemoved', { tenantId: 't1', userId: 'u1', term: 0 });
    expect(job).toMatchObject({ jobKey: 'renew-owner:u1', payload: { renew: true }, runAt: new Date('2026-01-02T03:05:05.678Z') });
  });
  test.each([['UserCreated', { userId: 'u1', role: 'admin' }], ['RoleAssigned', { userId: 'u1', role: 'user', previous: 'owner' }]])(
    'not after %s of somebody else', (type, data) => expect(jobsOf(type, data)).toEqual([]));
});

describe('standings are settled', () => {
  async function world() {
    const commands = createCommandRuntime({ store: createInMemoryEventStore() });
    const kept: (UserStanding | undefined)[] = [];
    const auth = { standings: { setUser: async (_userId: string, standing: UserStanding | undefined) => void kept.push(standing) } };
    const settle = (): Promise<void> => settleStandingTask({ commands, auth } as unknown as Parameters<typeof settleStandingTask>[0])(
      { tenant: 't-1', eventId: '5f0a7e0c-6f3f-4b0e-8d53-2f1a9c1b7d64', correlationId: 'c', userId: 'u1' }, {} as JobHelpers);
    await commands.execute(loginName, 'fp', { type: 'ClaimLoginName', userId: 'u1' }, context());
    await commands.execute(user, 'u1', {
      type: 'CreateUser', userId: 'u1', tenantId: 't-1', loginName: 'fp', email: sealedText('u1', 'email', 'e'),
      displayName: sealedText('u1', 'displayName', 'n'), role: 'user', organization: null, note: null, tier: 'plus',
    }, context());
    return { commands, kept, settle, by: { id: 'boss', tenantId: 't-1', role: 'owner' } as By };
  }

  test('with the newest that the log says', async () => {
    const { commands, kept, settle, by } = await world();
    await commands.execute(user, 'u1', { type: 'SetDailyLimit', requests: 5, by }, context());
    await settle();
    expect(kept).toEqual([{ tenantId: 't-1', role: 'user', active: true, tier: 'plus', dailyRequests: 5 }]);
  });

  test('a deleted user is forgotten, and the login name is free although the server died before it gave it back', async () => {
    const { commands, kept, settle, by } = await world();
    await commands.execute(user, 'u1', { type: 'DeleteUser', term: 0, by }, context());
    await settle();
    await settle();
    expect(kept).toEqual([undefined, undefined]);
    expect((await commands.load(loginName, 'fp')).state.userId).toBeUndefined();
  });
});
