import { graphql } from 'graphql';
import { Field, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import type { Role } from '../../../schema/access/roles';
import type { Context, Principal } from '../../../src/graphql/context';
import { Node } from '../../../src/graphql/node';
import { allows, judge, Policy, type Grant } from '../../../src/graphql/policy';
import { buildApiSchema } from '../../../src/graphql/schema';
import { person, service } from '../../support/principals';
import { refusalsInMemory } from '../../support/services';

const anonymous: Principal = { kind: 'anonymous' };
const as = (role: Role): Principal => person('u', role);

/** `yes`, or code and rule of the refusal. */
const outcome = (principal: Principal, grant: Grant): string => {
  try {
    judge({ principal }, grant);
    return 'yes';
  } catch (error) {
    const { code, rule } = (error as { refusal: { code: string; rule: string } }).refusal;
    return `${code} ${rule}`;
  }
};
const STRANGER = 'E4011 signed_in';
const NO_ROLE = 'E4031 role';

test.each<[Grant, string, string, string, string, string]>([
  ['public', 'yes', 'yes', 'yes', 'yes', 'yes'],
  ['signed-in', STRANGER, 'yes', 'yes', 'yes', 'yes'],
  ['keys:read', STRANGER, 'yes', 'yes', 'yes', 'yes'],
  ['audit:read', STRANGER, NO_ROLE, 'yes', 'yes', 'yes'],
  ['users:write', STRANGER, NO_ROLE, NO_ROLE, 'yes', 'yes'],
  ['chats:write', STRANGER, 'yes', NO_ROLE, 'yes', 'yes'],
  ['tenants:manage', STRANGER, NO_ROLE, NO_ROLE, NO_ROLE, NO_ROLE],
])('%s', (grant, ...answers) => {
  const principals = [anonymous, as('user'), as('auditor'), as('admin'), as('owner')];
  expect(principals.map((principal) => outcome(principal, grant))).toEqual(answers);
  expect(principals.map((principal) => allows({ principal }, grant))).toEqual(answers.map((answer) => answer === 'yes'));
});

test('tenants are managed by owners of the default tenant, by no role elsewhere and by no key without the scope', () => {
  expect(outcome(person('u', 'owner', 't', { operator: true }), 'tenants:manage')).toBe('yes');
  const proof = { kind: 'client_key', keyId: 'k', scopes: ['users:read'] } as const;
  expect(outcome(person('u', 'owner', 't', { operator: true, proof }), 'tenants:manage')).toBe('E4031 scope');
});

test('a key gives what both it and its owner have', () => {
  const proof = { kind: 'client_key', keyId: 'k', scopes: ['users:read', 'users:write'] } as const;
  expect(outcome(person('u', 'admin', 't', { proof }), 'users:write')).toBe('yes');
  expect(outcome(person('u', 'user', 't', { proof }), 'users:write')).toBe(NO_ROLE);
  expect(outcome(person('u', 'admin', 't', { proof }), 'keys:write')).toBe('E4031 scope');
  expect(outcome(service('c', ['users:read']), 'users:read')).toBe('yes');
  expect(outcome(service('c', ['users:read']), 'users:write')).toBe('E4031 scope');
  expect(outcome(service('c', ['account']), 'account')).toBe(NO_ROLE);
});

test('what is switched off is refused with its name', () => {
  expect(outcome(person('u', 'owner', 't', { features: ['chat'] }), 'keys:read')).toBe('E4031 feature_off');
  expect(outcome(person('u', 'owner', 't', { features: ['virtual_keys'] }), 'keys:read')).toBe('yes');
});

@ObjectType({ description: 'A safe.' })
class Safe {
  @Field(() => String, { nullable: true, description: 'What is in it.' })
  @Policy('users:write')
  content!: string;
}

@Resolver()
class SafeResolver {
  @Query(() => Safe, { description: 'The safe.' })
  @Policy('signed-in')
  safe(): Safe {
    return { content: 'gold' };
  }

  @Mutation(() => String, { nullable: true, description: 'Opens it.' })
  @Policy('users:write')
  openSafe(): string {
    return 'open';
  }
}

test('a field of an object may have a policy of its own', async () => {
  const schema = buildApiSchema([SafeResolver]);
  const open = async (principal: Principal) => graphql({ schema, source: '{ safe { content } }', contextValue: { principal } as Context });
  expect((await open(as('owner'))).data).toEqual({ safe: { content: 'gold' } });
  const refused = await open(as('user'));
  expect(refused.data).toEqual({ safe: { content: null } });
  expect(refused.errors?.[0]?.originalError).toMatchObject({ refusal: { code: 'E4031' } });
});

test('a mutation that is refused is told to the audit log, a query is not', async () => {
  const schema = buildApiSchema([SafeResolver]);
  const refusals = refusalsInMemory();
  const send = (source: string, principal: Principal) => graphql({ schema, source, contextValue: { principal, refusals } as unknown as Context });
  expect((await send('mutation { openSafe }', as('user'))).errors?.[0]?.originalError).toMatchObject({ refusal: { rule: 'role' } });
  await send('{ safe { content } }', as('user'));
  await send('mutation { openSafe }', as('owner'));
  expect(refusals.recorded).toMatchObject([{ act: 'openSafe', refusal: { code: 'E4031', rule: 'role' } }]);
});

@ObjectType({ implements: Node, description: 'A coin.' })
class Coin implements Node {
  id!: string;
}

@ObjectType({ description: 'A purse.' })
class Purse {
  @Field(() => [Coin], { description: 'What is in it.' })
  coins!: Coin[];
}

@Resolver()
class Undeclared {
  @Query(() => Purse, { description: 'Undeclared.' })
  purse(): Purse {
    return { coins: [] };
  }
}

test('a root field or a relation that declares nothing does not start', () => {
  expect(() => buildApiSchema([Undeclared])).toThrow('These fields declare no policy: Query.purse, Purse.coins');
});
