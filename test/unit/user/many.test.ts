import { user, type By } from '../../../commands/user/decider';
import { inTurn, knownUsers, onEach } from '../../../commands/user/many';
import { RefusedError } from '../../../schema/errors/catalogue';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import { toGlobalId } from '../../../src/graphql/node';
import { sealedText } from '../../support/sealed';
import { context } from '../command-runtime/setting';

const by: By = { id: 'boss', tenantId: 't-1', role: 'owner' };

test('many are worked on a few at a time, and answered in their order', async () => {
  let running = 0;
  let most = 0;
  const answers = await inTurn(Array.from({ length: 100 }, (_, n) => n), async (n) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    return n * 2;
  });
  expect(answers).toEqual(Array.from({ length: 100 }, (_, n) => n * 2));
  expect(most).toBeLessThanOrEqual(32);
});

const made = (userId: string, index: number) => ({ accepted: true as const, answer: { userId }, position: BigInt(index), revision: 0n });

test('what is refused for one does not hold up the others; what nobody foresaw does', async () => {
  const refused = new RefusedError({ code: 'E4091', rule: 'email_taken', message: 'Taken.', path: ['email'] });
  const outcome = await onEach('users', ['a', 'b', 'c'], async (userId, index) => {
    if (index === 1) throw refused;
    return made(userId, index);
  });
  expect(outcome).toMatchObject({ accepted: true, position: 2n });
  expect(outcome.accepted && JSON.parse(outcome.answer.results)).toEqual([
    { index: 0, userId: 'a' }, { index: 1, refusal: { ...refused.refusal, path: ['input', 'users', '1', 'email'] } }, { index: 2, userId: 'c' },
  ]);
  await expect(onEach('users', ['a'], () => Promise.reject(new Error('surprise')))).rejects.toThrow('surprise');
});

test.each(['E4291', 'E5031', 'E5041'] as const)('%s for one is no answer to be kept: the others are done, then all of it is to be tried again', async (code) => {
  const done: string[] = [];
  const all = onEach('users', Array.from({ length: 40 }, (_, index) => `u${index}`), async (userId, index) => {
    if (index === 1) throw new RefusedError({ code: 'E4091', rule: 'email_taken', message: 'Taken.' });
    if (index === 5) throw new RefusedError({ code, rule: 'passing', message: 'Later.', retryAfterMs: 7 });
    done.push(userId);
    return made(userId, index);
  });
  await expect(all).rejects.toMatchObject({ refusal: { code, rule: 'passing', retryAfterMs: 7, path: ['input', 'users', '5'] } });
  expect(done).toHaveLength(38);
});

test('everybody unknown is named; somebody deleted is known to a deletion that is repeated', async () => {
  const commands = createCommandRuntime({ store: createInMemoryEventStore() });
  for (const [userId, tenantId] of [['here', 't-1'], ['gone', 't-1'], ['elsewhere', 't-2']] as const) {
    await commands.execute(user, userId, {
      type: 'CreateUser', userId, tenantId, loginName: userId, email: sealedText(userId, 'email', 'e'),
      displayName: sealedText(userId, 'displayName', 'n'), role: 'user', organization: null, note: null, tier: 'free',
    }, context({ tenant: tenantId }));
  }
  await commands.execute(user, 'gone', { type: 'DeleteUser', term: 0, by }, context());
  const ids = ['here', 'gone', 'elsewhere', 'nobody'].map((key) => toGlobalId('User', key));
  const unknown = async (orDeleted: boolean): Promise<unknown[]> => {
    const { refusal } = await knownUsers({ commands }, [...ids, 'nonsense'], by, orDeleted).catch((error: RefusedError) => error) as RefusedError;
    return [refusal, ...(refusal.others ?? [])].map(({ path }) => path);
  };
  expect(await unknown(false)).toEqual([['userIds', '1'], ['userIds', '2'], ['userIds', '3'], ['userIds', '4']]);
  expect(await unknown(true)).toEqual([['userIds', '2'], ['userIds', '3'], ['userIds', '4']]);
  expect(await knownUsers({ commands }, ids.slice(0, 1), by)).toEqual(['here']);
});
