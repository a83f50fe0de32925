import { graphql } from 'graphql';
import { Field, ObjectType, Query, Resolver } from 'type-graphql';
import type { Context, Principal } from '../../../src/graphql/context';
import { judge, Policy, type Grant } from '../../../src/graphql/policy';
import { buildApiSchema } from '../../../src/graphql/schema';

const anonymous: Principal = { kind: 'anonymous' };
const as = (role: 'owner' | 'admin' | 'auditor' | 'user'): Principal => ({
  kind: 'user', userId: 'u', tenantId: 't', sessionId: 's', role,
});
const outcome = (principal: Principal, grants: readonly Grant[]): string => {
  try {
    judge(principal, grants);
    return 'yes';
  } catch (error) {
    return (error as { refusal: { code: string } }).refusal.code;
  }
};

test.each<[readonly Grant[], string, string, string, string, string]>([
  [['public'], 'yes', 'yes', 'yes', 'yes', 'yes'],
  [['signed-in'], 'E4011', 'yes', 'yes', 'yes', 'yes'],
  [['owner'], 'E4011', 'E4031', 'E4031', 'E4031', 'yes'],
  [['owner', 'admin'], 'E4011', 'E4031', 'E4031', 'yes', 'yes'],
  [['auditor'], 'E4011', 'E4031', 'yes', 'E4031', 'E4031'],
])('%j', (grants, ...answers) => {
  expect([anonymous, as('user'), as('auditor'), as('admin'), as('owner')].map((principal) => outcome(principal, grants))).toEqual(answers);
});

test('a field of an object may have a policy of its own', async () => {
  @ObjectType({ description: 'A safe.' })
  class Safe {
    @Field(() => String, { nullable: true, description: 'What is in it.' })
    @Policy('owner')
    content!: string;
  }
  @Resolver()
  class SafeResolver {
    @Query(() => Safe, { description: 'The safe.' })
    @Policy('signed-in')
    safe(): Safe {
      return { content: 'gold' };
    }
  }
  const schema = buildApiSchema([SafeResolver]);
  const open = async (principal: Principal) => graphql({ schema, source: '{ safe { content } }', contextValue: { principal } as Context });
  expect((await open(as('owner'))).data).toEqual({ safe: { content: 'gold' } });
  const refused = await open(as('admin'));
  expect(refused.data).toEqual({ safe: { content: null } });
  expect(refused.errors?.[0]?.originalError).toMatchObject({ refusal: { code: 'E4031' } });
});
