import { randomUUID } from 'node:crypto';
import { SignInMutations } from '../../../commands/sign-in/mutations';
import { tenant } from '../../../commands/tenant/decider';
import { tenantIdOf } from '../../../commands/tenant/tenant-id';
import { registerUser } from '../../../commands/user/register-user';
import { DEFAULT_SLUG } from '../../../schema/tenant/events';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { Context } from '../../../src/graphql/context';
import { sealedText } from '../../support/sealed';
import { plainSetting, refusalsInMemory } from '../../support/services';
import { context as commandOf } from '../command-runtime/setting';

test('a sign-up for an address that is taken leaves nothing sealed for nobody', async () => {
  const commands = createCommandRuntime({ store: createInMemoryEventStore() });
  const tenantId = tenantIdOf(DEFAULT_SLUG);
  const sealed: string[] = [];
  const vault = {
    fingerprint: (_purpose: string, value: string) => `fingerprint of ${value}`,
    seal: async ({ subject, field }: { subject: string; field: string }, text: string) => {
      sealed.push(subject);
      return sealedText(subject, field, text);
    },
  };
  const context = {
    commands, vault, auth: { passwords: { set: async () => {} }, standings: { setUser: async () => {} } },
    setting: { ...plainSetting, signIn: { ...plainSetting.signIn, signUp: true } }, signIn: { checkSignInAllowed: async () => {} },
    principal: { kind: 'anonymous' }, address: '203.0.113.9', refusals: refusalsInMemory(), newId: randomUUID,
    requestId: randomUUID(), correlationId: randomUUID(),
  } as unknown as Context;
  await commands.execute(tenant, tenantId, { type: 'CreateTenant', tenantId, slug: DEFAULT_SLUG, name: 'Main' }, commandOf({ tenant: tenantId }));
  const kim = { email: 'kim@example.test', displayName: 'Kim', password: 'violet tram on ice' };
  await registerUser(context, commandOf({ tenant: tenantId }), { ...kim, userId: 'u1', role: 'user' });
  sealed.length = 0;
  expect(await new SignInMutations().signUp({ ...kim, email: 'KIM@example.test' }, context)).toMatchObject({
    errors: [{ code: 'E4091', rule: 'email_taken', path: ['input', 'email'] }],
  });
  expect(sealed).toEqual([]);
});
