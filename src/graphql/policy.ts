import { defaultFieldResolver, getNamedType, isObjectType, type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { Extensions } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { isReached, reach, type Scope } from './access';
import type { Context } from './context';

/** `public`: everyone; `signed-in`: any principal; a scope: whoever has it, as far as it reaches. */
export type Grant = 'public' | 'signed-in' | Scope;

/**
 * Declares who may use a field: the one declaration that everything about access is read from. Every field of Query,
 * Mutation and Subscription has one, and so has every relation to an object that can be read by its id.
 */
export function Policy(grant: Grant) {
  return Extensions({ policy: grant });
}

/**
 * Puts the declared policies in force: each field that has one is judged before its resolver runs, a subscription when
 * it starts and again for every event.
 * @throws Error naming all fields that ought to declare one and do not
 */
export function enforcePolicies(schema: GraphQLSchema): GraphQLSchema {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const missing: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const policy = policyOf(field);
      if (policy) guard(field, policy, type === schema.getMutationType());
      else if (roots.includes(type) || isRelation(type.name, field)) missing.push(`${type.name}.${field.name}`);
    }
  }
  if (missing.length > 0) throw new Error(`These fields declare no policy: ${missing.join(', ')}`);
  return schema;
}

/** Answers of mutations, pages and changes are parts of a field that was judged already. */
const PARTS = /(Payload|Connection|Edge|Change)$/;

/** Whether a field leads from one object to others that have ids of their own. */
function isRelation(typeName: string, field: GraphQLField<unknown, Context>): boolean {
  if (PARTS.test(typeName)) return false;
  const type = getNamedType(field.type);
  return isObjectType(type) && (type.name.endsWith('Connection') || type.getInterfaces().some(({ name }) => name === 'Node'));
}

/** The grant a field declares, undefined when it declares none. */
export function policyOf(field: GraphQLField<unknown, Context>): Grant | undefined {
  return field.extensions['policy'] as Grant | undefined;
}

/** @throws RefusedError E4011 when signing in may help, E4031 saying whether role, scope or feature is missing */
export function judge(context: Pick<Context, 'principal'>, policy: Grant): void {
  if (policy === 'public') return;
  const { principal } = context;
  if (principal.kind === 'anonymous') {
    throw new RefusedError({ code: 'E4011', rule: 'signed_in', message: 'Sign in to do this.' });
  }
  if (policy === 'signed-in') return;
  const reached = reach(principal, policy);
  if (!isReached(reached)) throw new RefusedError({ code: 'E4031', ...reached });
}

/** Whether the caller may use what is declared so. */
export function allows(context: Pick<Context, 'principal'>, policy: Grant): boolean {
  const { principal } = context;
  if (policy === 'public') return true;
  if (principal.kind === 'anonymous') return false;
  return policy === 'signed-in' || isReached(reach(principal, policy));
}

type Resolver = GraphQLFieldResolver<unknown, Context>;

function guard(field: GraphQLField<unknown, Context>, policy: Grant, isMutation: boolean): void {
  const guarded = (inner: Resolver): Resolver => (source, args, context, info) => {
    judge(context, policy);
    return inner(source, args, context, info);
  };
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = isMutation ? recorded(field.name, policy, resolve) : guarded(resolve);
  if (field.subscribe) field.subscribe = guarded(field.subscribe);
}

/** An act that somebody may not do belongs in the audit log like one that was done. */
function recorded(act: string, policy: Grant, inner: Resolver): Resolver {
  return async (source, args, context, info) => {
    try {
      judge(context, policy);
    } catch (error) {
      if (error instanceof RefusedError) await context.refusals.record(context, { act, refusal: error.refusal, input: args['input'] });
      throw error;
    }
    return inner(source, args, context, info) as unknown;
  };
}
