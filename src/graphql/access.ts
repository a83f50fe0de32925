import { reachOf, scopes, type Relation, type Scope, type ScopeDefinition } from '../../schema/access/scopes';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import type { Principal } from '../auth/principal';

export type { Relation, Scope } from '../../schema/access/scopes';

type Caller = Exclude<Principal, { kind: 'anonymous' }>;

/** Why a principal does not have a scope. */
export type Missing = Pick<Refusal, 'rule' | 'message' | 'details'>;

/**
 * How far a scope reaches for a principal, or why they do not have it. A person's client key gives what both the key and
 * the person's present role give; a service client has its scopes, and those reach to the whole tenant.
 */
export function reach(principal: Caller, scope: Scope): Relation | Missing {
  const definition: ScopeDefinition = scopes[scope];
  const held = principal.kind === 'service' ? principal.scopes : principal.proof.kind === 'client_key' ? principal.proof.scopes : undefined;
  if (held && !held.includes(scope)) {
    return { rule: 'scope', message: `This key does not have the scope ${scope}.`, details: { scope } };
  }
  const relation = principal.kind === 'service' ? (definition.grantable ? 'tenant' : undefined) : reachOf(scope, principal.role);
  const barred = definition.operatorOnly && !(principal.kind === 'user' && principal.operator);
  if (!relation || barred) {
    return notInRole(principal);
  }
  if (definition.feature && !principal.features.includes(definition.feature)) {
    return { rule: 'feature_off', message: 'This part of the product is switched off for you.', details: { feature: definition.feature } };
  }
  return relation;
}

export function isReached(answer: Relation | Missing): answer is Relation {
  return typeof answer === 'string';
}

/** The refusal for whom a scope reaches to their own only, where it is about more. Made anew each time: an error belongs to one request. */
export function notYours(principal: Caller): RefusedError {
  return new RefusedError({ code: 'E4031', ...notInRole(principal) });
}

function notInRole(principal: Caller): Missing {
  return { rule: 'role', message: 'Your role does not allow this.', details: { role: principal.kind === 'user' ? principal.role : 'service' } };
}

/** Every scope a principal has. */
export function scopesOf(principal: Principal): Scope[] {
  if (principal.kind === 'anonymous') return [];
  return (Object.keys(scopes) as Scope[]).filter((scope) => isReached(reach(principal, scope)));
}
