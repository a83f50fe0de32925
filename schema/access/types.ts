import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { registerEnumType } from 'type-graphql';
import { features as about } from './features';
import { scopes, type Scope } from './scopes';

export enum Feature {
  CHAT = 'chat',
  VIRTUAL_KEYS = 'virtual_keys',
  KEY_POOLS = 'key_pools',
  RUNS = 'runs',
  LEGNEXT = 'legnext',
  KLING = 'kling',
  PORTAL = 'portal',
  GALLERY = 'gallery',
}
registerEnumType(Feature, {
  name: 'Feature',
  description: 'A part of the product that can be switched for a tenant, a tier or a user.',
  valuesConfig: {
    CHAT: { description: about.chat },
    VIRTUAL_KEYS: { description: about.virtual_keys },
    KEY_POOLS: { description: about.key_pools },
    RUNS: { description: about.runs },
    LEGNEXT: { description: about.legnext },
    KLING: { description: about.kling },
    PORTAL: { description: about.portal },
    GALLERY: { description: about.gallery },
  },
});

function toScope(value: unknown): Scope {
  if (typeof value === 'string' && Object.hasOwn(scopes, value)) return value as Scope;
  throw new GraphQLError('Scope is not the name of a scope');
}

/** One name of the table of rights. */
export const ScopeName = new GraphQLScalarType<Scope, string>({
  name: 'Scope',
  description: 'A right, such as `users:read`: one name of the table of rights.',
  serialize: toScope,
  parseValue: toScope,
  parseLiteral: (node) => toScope(node.kind === Kind.STRING ? node.value : undefined),
});
