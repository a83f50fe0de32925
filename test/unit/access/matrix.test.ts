import { coerceInputValue, isInputObjectType, isObjectType, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql';
import { featureNames, type Feature } from '../../../schema/access/features';
import { roles } from '../../../schema/access/roles';
import { scopeNames, scopes, type Scope, type ScopeDefinition } from '../../../schema/access/scopes';
import { RefusedError } from '../../../schema/errors/catalogue';
import { sees, visible } from '../../../queries/visibility';
import type { Principal } from '../../../src/auth/principal';
import type { Context } from '../../../src/graphql/context';
import { readableNodes } from '../../../src/graphql/node';
import { enforcePolicies, policyOf, type Grant } from '../../../src/graphql/policy';
import { compile } from '../../../src/graphql/sql';
import { resolvers } from '../../../src/registry';
import { person, service } from '../../support/principals';

/** Every guarded field of the API, with what lies behind the guard taken away: whoever passes is told so. */
const REACHED = Symbol('reached');
const noPubSub = {} as PubSub;

function guardedSchema(): GraphQLSchema {
  const schema = buildSchemaSync({ resolvers: resolvers as NonEmptyArray<Function>, pubSub: noPubSub, validate: false });
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      field.resolve = () => REACHED;
      if (type === schema.getSubscriptionType()) field.subscribe = () => REACHED;
    }
  }
  return enforcePolicies(schema);
}

interface GuardedField {
  name: string;
  grant: Grant;
  resolve: GraphQLFieldResolver<unknown, Context>;
  subscribe: GraphQLFieldResolver<unknown, Context> | undefined;
}

const schema = guardedSchema();
const [mutations, subscriptions] = [schema.getMutationType()!, schema.getSubscriptionType()!];
const fields: GuardedField[] = Object.values(schema.getTypeMap()).filter(isObjectType).flatMap((type) =>
  Object.values(type.getFields()).flatMap((field) => {
    const grant = policyOf(field);
    return grant === undefined ? [] : [{ name: `${type.name}.${field.name}`, grant, resolve: field.resolve!, subscribe: type === subscriptions ? field.subscribe : undefined }];
  }));

/** Everybody who may come: each kind, role, proof and set of features that can make a difference to a scope. */
function principalsFor(scope: Scope): { who: string; principal: Principal }[] {
  const others = scopeNames.filter((name) => name !== scope);
  const { feature }: ScopeDefinition = scopes[scope];
  const switches: [string, readonly Feature[]][] = [
    ['everything on', featureNames], ['everything off', []],
    ...(feature ? [[`only ${feature}`, [feature]], [`all but ${feature}`, featureNames.filter((name) => name !== feature)]] as [string, Feature[]][] : []),
  ];
  const proofs = [
    ['a session', { kind: 'session', sessionId: 's' }], ['a token', { kind: 'token', digest: 'd', expiresAt: 9e9 }],
    ['a key with the scope', { kind: 'client_key', keyId: 'k', scopes: [scope] }], ['a key with all scopes', { kind: 'client_key', keyId: 'k', scopes: scopeNames }],
    ['a key with all others', { kind: 'client_key', keyId: 'k', scopes: others }], ['a key with none', { kind: 'client_key', keyId: 'k', scopes: [] }],
  ] as const;
  return [
    { who: 'nobody', principal: { kind: 'anonymous' } },
    ...switches.flatMap(([what, features]) => [
      ...roles.flatMap((role) => [false, true].flatMap((operator) => proofs.map(([how, proof]) => ({
        who: `${role}${operator ? ', operator' : ''}, by ${how}, ${what}`, principal: person('u', role, 't', { operator, proof, features }),
      })))),
      ...([['with the scope', [scope]], ['with all scopes', scopeNames], ['with all others', others], ['with none', []]] as const).map(([how, held]) => ({
        who: `service client ${how}, ${what}`, principal: service('c', held, 't', { features }),
      })),
    ]),
  ];
}

/** What the table of rights says, read without any of the code that decides. */
function wordOfTheTable(principal: Principal, grant: Grant): string {
  if (grant === 'public') return 'yes';
  if (principal.kind === 'anonymous') return 'E4011 signed_in';
  if (grant === 'signed-in') return 'yes';
  const { roles: byRole, operatorOnly, grantable, feature }: ScopeDefinition = scopes[grant];
  const held = principal.kind === 'service' ? principal.scopes : principal.proof.kind === 'client_key' ? principal.proof.scopes : scopeNames;
  if (!held.includes(grant)) return 'E4031 scope';
  const has = principal.kind === 'service' ? grantable && !operatorOnly : principal.role in byRole && (principal.operator || !operatorOnly);
  if (!has) return 'E4031 role';
  return feature && !principal.features.includes(feature) ? 'E4031 feature_off' : 'yes';
}

async function wordOfTheGuard(resolve: GuardedField['resolve'], principal: Principal): Promise<string> {
  const context = { principal, refusals: { record: async () => {} } } as unknown as Context;
  try {
    return (await resolve({}, {}, context, {} as never)) === REACHED ? 'yes' : 'something else';
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return `${error.refusal.code} ${error.refusal.rule}`;
  }
}

const anyScope = (grant: Grant): Scope => (grant in scopes ? (grant as Scope) : 'account');
const cases = fields.flatMap(({ grant, subscribe }) => principalsFor(anyScope(grant)).flatMap(() => (subscribe ? [1, 2] : [1]))).length;

describe(`${fields.length} guarded fields, ${cases} combinations of field, role, proof, scope and feature`, () => {
  test('there are as many as the API has, and everybody is among those who come', () => {
    const roots = [schema.getQueryType()!, mutations, subscriptions].flatMap((type) => Object.keys(type.getFields()));
    expect(fields.length).toBeGreaterThanOrEqual(roots.length);
    expect(cases).toBeGreaterThan(10_000);
    for (const role of roles) expect(principalsFor('account').some(({ principal }) => principal.kind === 'user' && principal.role === role)).toBe(true);
  });

  test.each(fields.map((field) => [field.name, field.grant, field] as const))('%s (%s) is decided as the table says', async (_name, grant, { resolve, subscribe }) => {
    const said: Record<string, string> = {};
    const decided: Record<string, string> = {};
    for (const { who, principal } of principalsFor(anyScope(grant))) {
      said[who] = wordOfTheTable(principal, grant);
      decided[who] = await wordOfTheGuard(resolve, principal);
      if (subscribe) expect({ who, decided: await wordOfTheGuard(subscribe, principal) }).toEqual({ who, decided: said[who] });
    }
    expect(decided).toEqual(said);
  });
});

describe('how far a scope reaches', () => {
  const tenant = 't';
  const callers = [
    ...roles.map((role) => ({ who: role as string, principal: person('u', role, tenant), id: 'u' })),
    { who: 'operator', principal: person('u', 'owner', tenant, { operator: true }), id: 'u' },
    { who: 'service client', principal: service('c', scopeNames, tenant), id: 'c' },
  ];

  test.each(scopeNames.flatMap((scope) => callers.map((caller) => [scope, caller.who, caller] as const)))('%s of %s', (scope, _who, { principal, id }) => {
    const definition: ScopeDefinition = scopes[scope];
    const relation = wordOfTheTable(principal, scope) !== 'yes' ? undefined : principal.kind === 'service' ? 'tenant' : definition.roles[principal.role];
    expect({ own: sees({ principal }, scope, id), others: sees({ principal }, scope, 'somebody') }).toEqual({
      own: relation !== undefined, others: relation !== undefined && relation !== 'own',
    });
    const { text, values } = compile(visible({ principal }, scope, 'owner_id'));
    if (relation === undefined) expect(text).toBe('false');
    else {
      expect({ tenant: text.includes('tenant_id = $') && values.includes(tenant), owner: text.includes('owner_id') && values.includes(id) })
        .toEqual({ tenant: true, owner: relation === 'own' });
    }
    if (relation === undefined || relation === 'own') expect(compile(visible({ principal }, scope)).text).toBe('false');
  });
});

describe('95: an auditor', () => {
  const auditor = person('u', 'auditor');
  const allowed = fields.filter(({ name, grant }) => name.startsWith('Mutation.') && wordOfTheTable(auditor, grant) === 'yes');

  test('writes nothing but what concerns their own account', () => {
    expect([...new Set(allowed.map(({ grant }) => grant))].filter((grant) => !['public', 'account', 'usage:write'].includes(grant))).toEqual([]);
    const own = scopeNames.filter((scope) => 'auditor' in scopes[scope].roles && scope.endsWith(':write'));
    expect(own).toEqual(['usage:write']);
  });

  test('is refused by every other mutation', async () => {
    for (const { name, grant, resolve } of fields.filter((field) => field.name.startsWith('Mutation.') && !allowed.includes(field))) {
      expect({ name, grant, word: await wordOfTheGuard(resolve, auditor) }).toEqual({ name, grant, word: 'E4031 role' });
    }
  });
});

describe('84: nothing is open by accident', () => {
  test('public are only the ways in, and what a sign-in page has to know', () => {
    expect(fields.filter(({ grant }) => grant === 'public').map(({ name }) => name).sort()).toEqual([
      'Mutation.resetPassword', 'Mutation.setUp', 'Mutation.signIn', 'Mutation.signOut', 'Mutation.signUp', 'Query.caller', 'Query.setupState', 'Query.viewer',
    ]);
  });

  test('signed-in is enough only where the object judges for itself', () => {
    expect(fields.filter(({ name, grant }) => grant === 'signed-in' && /^(Query|Mutation|Subscription)\./.test(name)).map(({ name }) => name).sort()).toEqual(
      ['Query.grantableScopes', 'Query.node', 'Query.nodes', 'Query.ownScopes']);
  });

  test('every field of the viewer has a policy, and a key without scopes learns only what it may do', () => {
    const viewer = Object.values((schema.getType('Viewer') as GraphQLObjectType).getFields());
    expect(Object.fromEntries(viewer.map((field) => [field.name, policyOf(field)]))).toEqual({
      user: 'users:read', tenant: 'tenant:read', usage: 'users:read', entitlements: 'entitlements:read',
      hasPassword: 'account', identities: 'account', preferences: 'account', sessions: 'account',
      role: 'signed-in', operator: 'signed-in', scopes: 'signed-in', features: 'signed-in',
    });
  });

  test('every object that can be read by its id has a scope', () => {
    const types = Object.values(schema.getTypeMap()).filter(isObjectType).filter((type) => type.getInterfaces().some(({ name }) => name === 'Node'));
    for (const { name } of types) expect({ name, scope: readableNodes().get(name) }).toEqual({ name, scope: expect.stringMatching(/:read$/) });
  });
});

describe('88: what belongs to the server is taken from no input', () => {
  const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  const owned = ['tenantId', 'ownerId', 'createdAt', 'updatedAt', 'revision', 'position', 'actor', 'operator', 'isDefault', 'role', 'scopes', 'tier', 'state', 'id'];
  const junk = ['__proto__', 'constructor', 'prototype', 'toString', 'isAdmin', 'admin', '$where', ''];

  /** Inputs that name such a thing on purpose, because saying it is what they are for. */
  const meant = /^(CreateUser|NewUser|UpdateUsers|AssignRole|AssignTier|SetEntitlements)Input\.(role|tier)$|^(Create|Update)ServiceClientInput\.scopes$|^IssueClientKeyInput\.scopes$|^(Suspend|Resume)TenantInput\.tenantId$|^IssueKeyInput\.ownerId$|Filter\.(state|role|ownerId|tier)$/;

  test('no input has a field for it, but where that is what it is for', () => {
    const named = inputs.flatMap((input) => Object.keys(input.getFields()).filter((name) => owned.includes(name)).map((name) => `${input.name}.${name}`));
    expect(named.filter((place) => !meant.test(place))).toEqual([]);
  });

  test.each(inputs.map((input) => [input.name, input] as const))('%s refuses every field that it does not have', (_name, input) => {
    for (const name of [...owned, ...junk].filter((each) => !Object.hasOwn(input.getFields(), each))) {
      const given = JSON.parse(`{${JSON.stringify(name)}: "x"}`) as object;
      const messages: string[] = [];
      coerceInputValue(given, input, (_path, _value, error) => messages.push(error.message));
      expect(messages.join('\n')).toContain(`Field "${name}" is not defined by type "${input.name}".`);
    }
  });
});
