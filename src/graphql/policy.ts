import { defaultFieldResolver, isObjectType, type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { Extensions } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import type { Context, Principal, Role } from './context';

/** `public`: everyone; `signed-in`: any role; a role: exactly that role. A field is open to whoever has any of its grants. */
export type Grant = 'public' | 'signed-in' | Role;

/** Declares who may use a field. Every field of Query, Mutation and Subscription must have one. */
export function Policy(...grants: [Grant, ...Grant[]]) {
  return Extensions({ policy: grants });
}

/**
 * Puts the declared policies in force: each field that has one is judged before its resolver runs, a subscription when
 * it starts and again for every event.
 * @throws Error naming all root fields that declare none
 */
export function enforcePolicies(schema: GraphQLSchema): GraphQLSchema {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const missing: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const policy = policyOf(field);
      if (policy) guard(field, policy);
      else if (roots.includes(type)) missing.push(`${type.name}.${field.name}`);
    }
  }
  if (missing.length > 0) throw new Error(`These fields declare no policy: ${missing.join(', ')}`);
  return schema;
}

/** The grants a field declares, undefined when it declares none. */
export function policyOf(field: GraphQLField<unknown, Context>): readonly Grant[] | undefined {
  return field.extensions['policy'] as readonly Grant[] | undefined;
}

/** @throws RefusedError E4011 when signing in may help, E4031 when the role is not among the grants */
export function judge(principal: Principal, policy: readonly Grant[]): void {
  if (policy.includes('public')) return;
  if (principal.kind === 'anonymous') {
    throw new RefusedError({ code: 'E4011', rule: 'signed_in', message: 'Sign in to do this.' });
  }
  if (policy.includes('signed-in') || policy.includes(principal.role)) return;
  throw new RefusedError({ code: 'E4031', rule: 'role', message: 'Your role does not allow this.', details: { role: principal.role } });
}

type Resolver = GraphQLFieldResolver<unknown, Context>;

function guard(field: GraphQLField<unknown, Context>, policy: readonly Grant[]): void {
  const guarded = (inner: Resolver): Resolver => (source, args, context, info) => {
    judge(context.principal, policy);
    return inner(source, args, context, info);
  };
  field.resolve = guarded(field.resolve ?? defaultFieldResolver);
  if (field.subscribe) field.subscribe = guarded(field.subscribe);
}
