import fc from 'fast-check';
import { clientKey, type Owner } from '../../../commands/client-key/decider';
import { serviceClient } from '../../../commands/service-client/decider';
import { roles, type Role } from '../../../schema/access/roles';
import { scopeNames, type Scope } from '../../../schema/access/scopes';
import type { ClientKeyEvent } from '../../../schema/client-key/events';
import { featureNames } from '../../../schema/access/features';
import { scopesOf } from '../../../src/graphql/access';
import { fold } from '../../support/specification';
import { person, service } from '../../support/principals';

/**
 * 89: what a key gives is never more than its owner and its issuer had when it was issued, nor than its owner has when
 * it is used. A model of the world runs along: the rights that every grant came from, as sets.
 */
interface World {
  /** What each person may do now. */
  people: { role: Role; operator: boolean; features: typeof featureNames[number][] }[];
  clients: { state: ReturnType<typeof serviceClient.initial>; everGranted: Set<Scope> }[];
  keys: { issued: Extract<ClientKeyEvent, { type: 'ClientKeyIssued' }>['data']; owner: { person: number } | { client: number }; ceiling: Set<Scope> }[];
}

const rightsOf = (world: World, index: number, proof?: readonly Scope[]): Scope[] => {
  const { role, operator, features } = world.people[index]!;
  return scopesOf(person(`u${index}`, role, 't', {
    operator, features, ...(proof && { proof: { kind: 'client_key', keyId: 'k', scopes: proof } }),
  }));
};

/** What a call with the key may do at this moment, as authentication composes it. */
const effective = (world: World, { issued, owner }: World['keys'][number]): Scope[] => {
  if ('person' in owner) return rightsOf(world, owner.person, issued.scopes);
  const { state } = world.clients[owner.client]!;
  if (!state.exists || state.deleted) return [];
  return scopesOf(service('c', issued.scopes.filter((scope) => state.scopes.includes(scope)), 't'));
};

const PEOPLE = 3;
const anyScopes = fc.uniqueArray(fc.constantFrom(...scopeNames));
const anyone = fc.nat({ max: PEOPLE - 1 });
/** The caller may come by one of their own keys. */
const by = fc.record({ person: anyone, viaKey: fc.option(fc.nat(), { nil: undefined }) });
const step = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), by, scopes: anyScopes }),
  fc.record({ kind: fc.constant('update' as const), by, client: fc.nat(), scopes: anyScopes }),
  fc.record({ kind: fc.constant('delete' as const), client: fc.nat() }),
  fc.record({ kind: fc.constant('issue' as const), by, client: fc.option(fc.nat(), { nil: undefined }), scopes: fc.option(anyScopes, { nil: undefined }) }),
  fc.record({ kind: fc.constant('demote' as const), person: anyone, role: fc.constantFrom(...roles), features: fc.subarray([...featureNames]) }),
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

const pick = <Item>(items: readonly Item[], at: number): number | undefined => (items.length === 0 ? undefined : at % items.length);

function run(world: World, done: Step): void {
  const grantorOf = (who: { person: number; viaKey: number | undefined }): Scope[] => {
    const own = world.keys.filter(({ owner }) => 'person' in owner && owner.person === who.person);
    const via = who.viaKey === undefined ? undefined : pick(own, who.viaKey);
    return rightsOf(world, who.person, via === undefined ? undefined : own[via]!.issued.scopes);
  };
  switch (done.kind) {
    case 'create': {
      const grantor = grantorOf(done.by);
      const decision = serviceClient.decide({ exists: false }, {
        type: 'CreateServiceClient', clientId: `c${world.clients.length}`, tenantId: 't', name: 'n', scopes: done.scopes, grantor,
      });
      if ('events' in decision) world.clients.push({ state: fold(serviceClient, decision.events), everGranted: new Set(grantor) });
      return;
    }
    case 'update': {
      const client = world.clients[pick(world.clients, done.client) ?? -1];
      if (!client) return;
      const grantor = grantorOf(done.by);
      const decision = serviceClient.decide(client.state, { type: 'UpdateServiceClient', scopes: done.scopes, grantor });
      if ('refusal' in decision) return;
      client.state = decision.events.reduce((state, event) => serviceClient.evolve(state, event), client.state);
      for (const scope of grantor) client.everGranted.add(scope);
      return;
    }
    case 'delete': {
      const client = world.clients[pick(world.clients, done.client) ?? -1];
      if (client?.state.exists) client.state = { ...client.state, deleted: true };
      return;
    }
    case 'issue': {
      const at = done.client === undefined ? undefined : pick(world.clients, done.client);
      const state = at === undefined ? undefined : world.clients[at]!.state;
      if (done.client !== undefined && (!state?.exists || state.deleted)) return;
      const owner: Owner = state?.exists ? { kind: 'service', id: state.clientId, scopes: state.scopes } : { kind: 'user', id: `u${done.by.person}` };
      const grantor = grantorOf(done.by);
      const decision = clientKey.decide({ exists: false }, {
        type: 'IssueClientKey', owner, scopes: done.scopes, grantor,
        key: { keyId: 'k', tenantId: 't', name: 'n', lastFour: '1234', fingerprint: 'f', expiresAt: '2027-01-01T00:00:00.000Z' },
      });
      if (!('events' in decision)) return;
      const [event] = decision.events;
      if (event?.type !== 'ClientKeyIssued') throw new Error('A key was decided on, and not issued');
      world.keys.push({
        issued: event.data,
        owner: at === undefined ? { person: done.by.person } : { client: at },
        ceiling: new Set(grantor.filter((scope) => owner.kind === 'user' || owner.scopes.includes(scope))),
      });
      return;
    }
    case 'demote':
      world.people[done.person] = { ...world.people[done.person]!, role: done.role, features: done.features };
  }
}

test('89: a key never gives more than its owner and issuer had when it was issued, nor than its owner has now', () => {
  let used = 0;
  fc.assert(fc.property(fc.array(step, { minLength: 3, maxLength: 30 }), (steps) => {
    const world: World = {
      people: [
        { role: 'owner', operator: true, features: [...featureNames] },
        { role: 'admin', operator: false, features: [...featureNames] },
        { role: 'user', operator: false, features: [...featureNames] },
      ],
      clients: [], keys: [],
    };
    for (const each of steps) {
      run(world, each);
      for (const key of world.keys) {
        const gives = effective(world, key);
        used += gives.length;
        expect(gives.filter((scope) => !key.ceiling.has(scope))).toEqual([]);
        if ('person' in key.owner) {
          const has = rightsOf(world, key.owner.person);
          expect(gives.filter((scope) => !has.includes(scope) || scope === 'account' || scope === 'clients:write')).toEqual([]);
        } else {
          const { state, everGranted } = world.clients[key.owner.client]!;
          const has = state.exists && !state.deleted ? state.scopes : [];
          expect(gives.filter((scope) => !has.includes(scope) || !everGranted.has(scope))).toEqual([]);
        }
      }
    }
  }), { numRuns: 5_000 });
  expect(used).toBeGreaterThan(1_000);
});
